import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OrganizationRow, Schema } from '../../storage/schema.js'
import { SignInRefusal } from '../connections/sign-in-refusal.js'
import { connectionDetails } from '../events/flow-questions.js'
import { tellUserEvent } from '../events/user-event.js'
import { OrganizationData } from '../organizations/organization-data.js'
import type { Store } from '../store.js'
import type { AssertedIdentity } from './asserted-identity.js'
import { assertedProfile } from './asserted-profile.js'
import { createUser } from './create-user.js'
import { addMembership } from './membership-changes.js'

type Db = Kysely<Schema>

/** What is known of somebody new. The address is verified. */
export type NewPerson = Pick<AssertedIdentity, 'email'> & Partial<Omit<AssertedIdentity, 'email'>>

export interface SignUp {
  /** How the person came; without one, with a code or a password. */
  readonly connection?: Pick<ConnectionRow, 'id' | 'type' | 'provider'>
  /** In which circumstances, for applications that are asked. */
  readonly about: Readonly<Record<string, unknown>>
}

/**
 * Signs up somebody new: a user, and an organization of their own in the role that creators get. Somebody who signed
 * up at the same moment is not new. Throws a `SignInRefusal` when an application does not let them.
 */
export async function signUp(
  context: Store,
  environment: string,
  person: NewPerson,
  { connection, about }: SignUp,
): Promise<{ userId: string; organization: string | undefined }> {
  await askBeforeSignup(context, environment, person.email, connection, about)
  const { database, clock } = context
  const made = await database.transaction(async (db) => {
    const known = await findUserByEmail(db, environment, person.email)
    if (known !== undefined) return { userId: known.id, organization: undefined, isNew: false }
    const now = clock.now()
    const userId = await insertUser(db, environment, person, now)
    const organization: OrganizationRow = {
      ...{ id: newId('org'), environment_id: environment, display_name: '', external_id: null, slug: null },
      ...{ data: JSON.stringify(OrganizationData.parse({})), created_at: now, updated_at: now },
    }
    await db.insertInto('organizations').values(organization).execute()
    await addMembership(db, organization, userId, now, { roles: [], metadata: {}, invite: false })
    return { userId, organization: organization.id, isNew: true }
  })
  const { userId, organization, isNew } = made
  if (isNew) await tellUserEvent(context, 'user.signup', environment, { user: userId, organization })
  return { userId, organization }
}

/** Throws a `SignInRefusal` when an application does not let somebody sign up. */
export async function askBeforeSignup(
  { interceptors }: Store,
  environment: string,
  email: string,
  connection: SignUp['connection'],
  about: SignUp['about'],
): Promise<void> {
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
}

export function findUserByEmail(db: Db, environment: string, email: string) {
  return db
    .selectFrom('users')
    .select('id')
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
