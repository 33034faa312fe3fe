import { z } from 'zod'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import { connectionData, OWN_LOGIN } from '../connections/connection-data.js'
import { servesDomain } from '../connections/domain-connections.js'
import { NotInOrganization, SignInRefusal } from '../connections/sign-in-refusal.js'
import { domainOf, domainsOf } from '../domains/domain-data.js'
import { noteUserEvent } from '../events/user-event.js'
import { createTickets } from '../sessions/tickets.js'
import type { Store } from '../store.js'
import { acceptInvitation } from './accept-invitation.js'
import type { AssertedIdentity } from './asserted-identity.js'
import { followProfile } from './asserted-profile.js'
import { askedOrganization, type Circumstances } from './circumstances.js'
import { noteExternalIdentity } from './external-identities.js'
import { joinOrganization } from './join-organization.js'
import { askBeforeSignup, findUserByEmail, insertUser, signUp } from './sign-up.js'

const YEARS_SECONDS = 10 * 365 * 24 * 3600

interface Provisioned {
  readonly userId: string
  readonly organization: string | undefined
}

/**
 * Whether an address that an identity provider asserts has to be proven by e-mail before it counts: a connection
 * speaks for the domains of its organization, or one customer could sign in as the people of the next. One check is
 * enough for a user and a connection.
 */
export async function needsMailCheck(
  store: Store,
  connection: ConnectionRow,
  { email }: AssertedIdentity,
): Promise<boolean> {
  if (connection.organization_id === null) return false
  const { environment_id: environment } = connection
  const { db } = store.database
  if (servesDomain(connection, await domainsOf(db, environment), domainOf(email))) return false
  const user = await findUserByEmail(db, environment, email)
  return (
    user === undefined ||
    (await mailChecks(store, environment).get(`${user.id} ${connection.id}`)) === undefined
  )
}

/**
 * The user whom an identity provider has told about, who has its identity from then on. Throws a `SignInRefusal` for
 * those who do not get in. The address has been checked, see `needsMailCheck`.
 */
export async function provisionUser(
  context: Store,
  connection: ConnectionRow,
  identity: AssertedIdentity,
  about: Circumstances,
): Promise<Provisioned> {
  const provisioned = await admit(context, connection, identity, about)
  await noteExternalIdentity(context, connection, provisioned.userId, identity)
  return provisioned
}

/**
 * At a social provider, somebody new signs up. At the login page of an application, which decides itself, somebody new becomes
 * a user without an organization. At the connection of an organization, which is for that organization only,
 * members and invited users get in, and people of the organization's domains join it (just-in-time provisioning).
 */
async function admit(
  context: Store,
  connection: ConnectionRow,
  identity: AssertedIdentity,
  about: Circumstances,
): Promise<Provisioned> {
  const { environment_id: environment, organization_id: organization } = connection
  const asked = askedOrganization(about)
  if (organization !== null && asked !== undefined && asked !== organization)
    throw new NotInOrganization(identity.email)
  const known = await findUserByEmail(context.database.db, environment, identity.email)
  if (organization !== null)
    return enter(context, { ...connection, organization_id: organization }, identity, about)
  // Nobody vouches for such a provider but itself: an address that it has not verified may be anybody's.
  if (identity.email_verified !== true) {
    throw new SignInRefusal('access_denied', 'The identity provider has not verified the e-mail address.')
  }
  if (known !== undefined) {
    await followProfile(context, connection, known.id, identity)
    return { userId: known.id, organization: undefined }
  }
  if (connection.type === OWN_LOGIN) {
    const now = context.clock.now()
    const userId = await context.database.transaction((db) => insertUser(db, environment, identity, now))
    return { userId, organization: undefined }
  }
  if (connectionData(connection).settings.jitProvisioningWithSsoEnabled === false) refuseNewcomer()
  const { userId } = await signUp(context, environment, identity, { connection, about })
  return { userId, organization: undefined }
}

async function enter(
  context: Store,
  connection: ConnectionRow & { organization_id: string },
  identity: AssertedIdentity,
  about: Circumstances,
): Promise<Provisioned> {
  const { database, clock } = context
  const { environment_id: environment, organization_id: organization } = connection
  const ownDomain = servesDomain(
    connection,
    await domainsOf(database.db, environment),
    domainOf(identity.email),
  )
  const before = await findUserByEmail(database.db, environment, identity.email)
  const isMember =
    before !== undefined &&
    (await database.transaction((db) => acceptInvitation(db, clock, { organization, user: before.id })))
  if (before !== undefined && !ownDomain)
    await mailChecks(context, environment).put(`${before.id} ${connection.id}`, true, YEARS_SECONDS)
  if (isMember) {
    await followProfile(context, connection, before.id, identity)
    return { userId: before.id, organization }
  }
  if (!ownDomain) {
    throw new SignInRefusal(
      'access_denied',
      `${domainOf(identity.email)} is not a domain of the organization, and there is no valid invitation for the user.`,
    )
  }
  if (connectionData(connection).settings.jitProvisioningWithSsoEnabled === false) refuseNewcomer()
  // An application is asked outside of the transaction, which holds up everybody else.
  if (before === undefined) await askBeforeSignup(context, environment, identity.email, connection, about)
  const userId = await database.transaction(async (db) => {
    const known = await findUserByEmail(db, environment, identity.email)
    const user = known?.id ?? (await insertUser(db, environment, identity, clock.now()))
    await joinOrganization(db, clock, environment, { organization, user, method: 'jit_using_sso' })
    if (known === undefined)
      await noteUserEvent(db, clock, 'user.signup', environment, { user, organization })
    return user
  })
  if (before !== undefined) await followProfile(context, connection, userId, identity)
  return { userId, organization }
}

function refuseNewcomer(): never {
  throw new SignInRefusal('access_denied', 'The connection adds no users, and the user was not invited.')
}

/** Users whose address was proven by e-mail for a connection. */
function mailChecks(store: Store, environment: string) {
  return createTickets(store, environment, 'MailCheck', z.literal(true))
}
