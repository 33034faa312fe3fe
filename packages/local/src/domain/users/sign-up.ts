import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OrganizationRow, Schema } from '../../storage/schema.js'
import { NotInOrganization, SignInRefusal } from '../connections/sign-in-refusal.js'
import { DomainError } from '../domain-error.js'
import { joinableOrganizations } from '../domains/allowed-email-domains.js'
import { whyBlocked } from '../environments/user-management.js'
import type { Placement } from '../events/flow-interceptor.js'
import { connectionDetails } from '../events/flow-questions.js'
import { findOrganization, OrganizationData } from '../organizations/organization-data.js'
import type { Store } from '../store.js'
import type { AssertedIdentity } from './asserted-identity.js'
import { assertedProfile } from './asserted-profile.js'
import { askedOrganization, type Circumstances } from './circumstances.js'
import { createUser } from './create-user.js'
import { hasMembership, joinOrganization } from './join-organization.js'
import { addMembership } from './membership-changes.js'

type Db = Kysely<Schema>

/** What is known of somebody new. The address is verified. */
export type NewPerson = Pick<AssertedIdentity, 'email'> & Partial<Omit<AssertedIdentity, 'email'>>

export interface SignUp {
  /** How the person came; without one, with a code or a password. */
  readonly connection?: Pick<ConnectionRow, 'id' | 'type' | 'provider'>
  readonly about: Circumstances
}

/**
 * Signs up somebody new: a user, and an organization of their own in the role that creators get, or the organization
 * that an application names. Where organizations welcome the domain of the address, the user belongs to none until they
 * choose one of them (`joinByDomain`) or their own (`foundOrganization`). A request for an organization leaves no choice:
 * the user joins it, or nothing is created. Somebody who signed up at the same moment is not new. Throws a `SignInRefusal`
 * when the environment, an application or the organization does not let them.
 */
export async function signUp(
  context: Store,
  environment: string,
  person: NewPerson,
  { connection, about }: SignUp,
): Promise<{ userId: string; organization: string | undefined }> {
  const blocked = await whyBlocked(context.database.db, environment, person.email)
  if (blocked !== undefined) throw new SignInRefusal('access_denied', blocked)
  const placement = await askBeforeSignup(context, environment, person.email, connection, about)
  const { database, clock } = context
  return database.transaction(async (db) => {
    const known = await findUserByEmail(db, environment, person.email)
    if (known !== undefined) return { userId: known.id, organization: undefined }
    const now = clock.now()
    const named = placement && (await namedOrganization(db, environment, placement))
    const open = named ? [named] : await joinableOrganizations(db, environment, { email: person.email })
    const asked = askedOrganization(about)
    if (asked !== undefined && !open.some(({ id }) => id === asked)) throw new NotInOrganization(person.email)
    const userId = await insertUser(db, environment, person, now)
    if (named === undefined && asked !== undefined) {
      const joining = { organization: asked, user: userId, method: 'allowed_email_domain' } as const
      await joinOrganization(db, clock, environment, joining)
      return { userId, organization: asked }
    }
    if (named === undefined && open.length > 0) return { userId, organization: undefined }
    const organization = named ?? (await insertOrganization(db, environment, now))
    const roles = (placement?.roles ?? []).map((name) => ({ id: '', name }))
    const method = placement === undefined ? 'org_creator' : 'direct_provision'
    await refuseUnlessPossible(() =>
      addMembership(db, clock, organization, userId, { roles, metadata: {}, method }),
    )
    return { userId, organization: organization.id }
  })
}

/**
 * Gives a user an organization of their own, in the role that creators get: the end of a sign-up that left the choice
 * to them. Throws a `SignInRefusal` for somebody who has a membership.
 */
export async function foundOrganization(
  { database, clock }: Store,
  environment: string,
  user: string,
): Promise<string> {
  return database.transaction(async (db) => {
    if (await hasMembership(db, user))
      throw new SignInRefusal('access_denied', 'The user belongs to an organization already.')
    const created = await insertOrganization(db, environment, clock.now())
    await addMembership(db, clock, created, user, { roles: [], metadata: {}, method: 'org_creator' })
    return created.id
  })
}

async function insertOrganization(db: Db, environment: string, now: number): Promise<OrganizationRow> {
  const organization: OrganizationRow = {
    ...{ id: newId('org'), environment_id: environment, display_name: '', external_id: null, slug: null },
    ...{ data: JSON.stringify(OrganizationData.parse({})), created_at: now, updated_at: now },
  }
  await db.insertInto('organizations').values(organization).execute()
  return organization
}

function namedOrganization(db: Db, environment: string, placement: Placement): Promise<OrganizationRow> {
  const { organization_id, external_organization_id: externalId = '' } = placement
  return refuseUnlessPossible(() =>
    findOrganization(
      db,
      environment,
      organization_id === undefined ? { externalId } : { id: organization_id },
    ),
  )
}

/** What an application asks for and the environment cannot do ends the sign-up. */
async function refuseUnlessPossible<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause
    throw new SignInRefusal('access_denied', cause.message, { cause })
  }
}

/** Gives where an application places somebody who signs up. Throws a `SignInRefusal` when one does not let them. */
export async function askBeforeSignup(
  { interceptors }: Store,
  environment: string,
  email: string,
  connection: SignUp['connection'],
  about: SignUp['about'],
): Promise<Placement | undefined> {
  const verdict = await interceptors.ask({
    environment,
    trigger: 'PRE_SIGNUP',
    about: {
      user_email: email,
      connection_details: connection === undefined ? [] : connectionDetails(connection),
      ...about,
    },
    data: {},
  })
  if (!verdict.allowed) throw new SignInRefusal('access_denied', verdict.message)
  return verdict.placement
}

export function findUserByEmail(db: Db, environment: string, email: string) {
  return db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst()
}

export async function insertUser(
  db: Db,
  environment: string,
  person: NewPerson,
  now: number,
): Promise<string> {
  const { email, custom } = person
  const data = { user_profile: { ...assertedProfile(person), ...(custom && { custom_attributes: custom }) } }
  const row = await createUser(db, { environment, email, externalId: null, data }, now)
  return row.id
}
