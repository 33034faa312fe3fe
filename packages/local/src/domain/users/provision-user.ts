import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema, UserRow } from '../../storage/schema.js'
import { connectionData } from '../connections/connection-data.js'
import { SignInRefusal } from '../connections/sign-in-refusal.js'
import { DomainError } from '../domain-error.js'
import { connectionDetails } from '../events/flow-questions.js'
import { tellUserEvent } from '../events/user-event.js'
import { findOrganization } from '../organizations/organization-data.js'
import type { Store } from '../store.js'
import type { AssertedIdentity } from './asserted-identity.js'
import { addMembership } from './membership-changes.js'
import {
  MembershipData,
  membershipData,
  membershipStatus,
  UserData,
  type UserProfile,
  userData,
} from './user-data.js'

type Db = Kysely<Schema>

/**
 * The user whom an identity provider has told about, made if there was none. A connection speaks for the
 * people of its own organization only: who belongs to others, and an address of another's domain, is refused,
 * or one customer could sign in as the people of the next. Throws a `SignInRefusal`.
 */
export async function provisionUser(
  context: Store,
  connection: ConnectionRow,
  identity: AssertedIdentity,
  about: Readonly<Record<string, unknown>>,
): Promise<{ userId: string; organization: string | undefined }> {
  const { database } = context
  const { environment_id: environment } = connection
  const before = await findByEmail(database.db, environment, identity.email)
  // An application is asked outside of the transaction, which holds up everybody else.
  if (before === undefined) await askBeforeSignup(context, connection, identity.email, about)
  const provisioned = await provisionInside(context, connection, identity)
  if (before === undefined) {
    const { userId: user, organization } = provisioned
    await tellUserEvent(context, 'user.signup', environment, { user, organization })
  }
  return provisioned
}

function provisionInside(
  { database, clock }: Store,
  connection: ConnectionRow,
  identity: AssertedIdentity,
): Promise<{ userId: string; organization: string | undefined }> {
  const { environment_id: environment, organization_id } = connection
  return database.transaction(async (db) => {
    const known = await findByEmail(db, environment, identity.email)
    if (organization_id === null) {
      // Nobody vouches for such a provider but itself: an address that it has not verified may be anybody's.
      if (identity.email_verified !== true) {
        throw new SignInRefusal('access_denied', 'The identity provider has not verified the e-mail address.')
      }
      if (known !== undefined) await updateProfile(db, connection, known.id, identity, clock.now())
      return {
        userId: known?.id ?? (await createUser(db, connection, identity, clock.now())),
        organization: undefined,
      }
    }
    if (known !== undefined) {
      await enterOrganization(db, organization_id, known.id, clock.now())
      await updateProfile(db, connection, known.id, identity, clock.now())
      return { userId: known.id, organization: organization_id }
    }
    await refuseForeignDomain(db, connection, identity.email)
    const userId = await createUser(db, connection, identity, clock.now())
    await join(db, environment, organization_id, userId, clock.now())
    return { userId, organization: organization_id }
  })
}

function findByEmail(db: Db, environment: string, email: string) {
  return db
    .selectFrom('users')
    .select('id')
    .where('environment_id', '=', environment)
    .where('email', '=', email)
    .executeTakeFirst()
}

async function askBeforeSignup(
  { interceptors }: Store,
  connection: ConnectionRow,
  email: string,
  about: Readonly<Record<string, unknown>>,
): Promise<void> {
  const verdict = await interceptors.ask({
    environment: connection.environment_id,
    trigger: 'PRE_SIGNUP',
    about: { user_email: email, connection_details: connectionDetails(connection), ...about },
    data: {},
  })
  if (!verdict.allowed) throw new SignInRefusal('access_denied', verdict.message)
}

async function createUser(db: Db, connection: ConnectionRow, identity: AssertedIdentity, now: number) {
  if (connectionData(connection).settings.jitProvisioningWithSsoEnabled === false) {
    throw new SignInRefusal(
      'access_denied',
      'Nobody here has this e-mail address, and the connection creates no users.',
    )
  }
  const { email, custom } = identity
  const data = UserData.parse({ user_profile: { ...profileOf(identity), custom_attributes: custom } })
  const row: UserRow = {
    ...{ id: newId('usr'), environment_id: connection.environment_id, email, external_id: null },
    ...{ data: JSON.stringify(data), created_at: now, updated_at: now },
  }
  await db.insertInto('users').values(row).execute()
  return row.id
}

/** Custom attributes are those of the last sign-in; the rest of a profile follows where the connection syncs it. */
async function updateProfile(
  db: Db,
  connection: ConnectionRow,
  id: string,
  identity: AssertedIdentity,
  now: number,
) {
  const user = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const data = userData(user)
  const synced =
    connectionData(connection).settings.syncUserProfileOnLogin === true ? profileOf(identity) : {}
  const custom_attributes = { ...data.user_profile.custom_attributes, ...identity.custom }
  const profile = { ...data.user_profile, ...synced, custom_attributes }
  const changed = JSON.stringify(UserData.parse({ ...data, user_profile: profile }))
  if (changed === JSON.stringify(data)) return
  await db.updateTable('users').set({ data: changed, updated_at: now }).where('id', '=', id).execute()
}

/** What an identity provider says of a profile; where it says a name in parts only, the full name follows them. */
function profileOf(identity: AssertedIdentity): Partial<UserProfile> {
  const { name, given_name: first_name, family_name: last_name, picture, locale, groups } = identity
  const given = { name, first_name, last_name, picture, locale, groups }
  const renamed = name === undefined && (first_name ?? last_name) !== undefined
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(renamed && { name: undefined }),
  }
}

/** Somebody who was invited accepts by signing in, in time; a member signs in; nobody else does. */
async function enterOrganization(db: Db, organization_id: string, user_id: string, now: number) {
  const membership = await db
    .selectFrom('memberships')
    .selectAll()
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .executeTakeFirst()
  if (membership?.status === 'ACTIVE') return
  if (membership === undefined || membershipStatus(membership, now) !== 'PENDING_INVITE') {
    throw new SignInRefusal(
      'access_denied',
      'The user does not belong to the organization of the connection, or the invitation has expired.',
    )
  }
  const data = JSON.stringify(MembershipData.parse({ ...membershipData(membership), accepted_at: now }))
  await db
    .updateTable('memberships')
    .set({ status: 'ACTIVE', data, updated_at: now })
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .execute()
}

async function refuseForeignDomain(db: Db, connection: ConnectionRow, email: string) {
  const owner = await db
    .selectFrom('domains')
    .select('organization_id')
    .where('environment_id', '=', connection.environment_id)
    .where('domain', '=', email.split('@')[1] ?? '')
    .where('type', '=', 'ORGANIZATION_DOMAIN')
    .where('organization_id', '!=', connection.organization_id)
    .executeTakeFirst()
  if (owner === undefined) return
  throw new SignInRefusal(
    'access_denied',
    'The domain of the e-mail address belongs to another organization.',
  )
}

async function join(db: Db, environment: string, id: string, userId: string, now: number) {
  try {
    const organization = await findOrganization(db, environment, { id })
    await addMembership(db, organization, userId, now, { roles: [], metadata: {}, invite: false })
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause
    throw new SignInRefusal('access_denied', cause.message, { cause })
  }
}
