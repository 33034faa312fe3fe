import { type Kysely, sql } from 'kysely'
import type { Schema, UserRow } from '../../storage/schema.js'
import { WORKSPACE } from '../environments/realm.js'
import { type MembershipRights, rightsOf } from '../roles/membership-rights.js'
import { membershipStatus, type UserProfile, userData } from './user-data.js'

/** Where people are kept. */
type Database = { readonly db: Kysely<Schema> }

/** Who signs in: a member in the workspace, a user in an environment. */
export interface Person {
  id: string
  email: string
  name: string
  /** Only members have one: a USER may be granted read scopes only. */
  role?: 'ADMIN' | 'USER'
  /** Only users: what else is known of them, by the names of the API. */
  profile?: UserProfile
  /** Only users: the customer's own id of them. */
  externalId?: string
  updatedAt?: number
  /** Only users: the organization they act in, their roles and permissions there. */
  organization?: MembershipRights & { id: string; externalId: string | null }
}

/** A person of a realm, by id or e-mail address. A user acts in `organization`, or without one in the first they joined. */
export async function findPerson(
  database: Database,
  realm: string,
  idOrEmail: string,
  organization?: string,
): Promise<Person | undefined> {
  return realm === WORKSPACE
    ? findMember(database, idOrEmail)
    : findUser(database, realm, idOrEmail, organization)
}

/** The organization that a token says its subject acts in. */
export function organizationOf(claims: object): string | undefined {
  return 'oid' in claims && typeof claims.oid === 'string' ? claims.oid : undefined
}

/** The people of a realm, for the sign-in page: at most `limit`, by e-mail, with the one who has an address `first`. */
export async function listPeople(
  database: Database,
  realm: string,
  limit: number,
  first = '',
): Promise<Person[]> {
  const others = sql`case when email = ${first.toLowerCase()} then 0 else 1 end`
  if (realm === WORKSPACE) {
    const members = await database.db
      .selectFrom('members')
      .selectAll()
      .orderBy(others)
      .orderBy('email')
      .limit(limit)
      .execute()
    return members.map(toMember)
  }
  const users = await database.db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', realm)
    .orderBy(others)
    .orderBy('email')
    .limit(limit)
    .execute()
  return users.map((user) => ({ id: user.id, email: user.email, name: nameOf(user) }))
}

async function findMember(database: Database, idOrEmail: string): Promise<Person | undefined> {
  const row = await database.db
    .selectFrom('members')
    .selectAll()
    .where((where) => where.or([where('id', '=', idOrEmail), where('email', '=', idOrEmail.toLowerCase())]))
    .executeTakeFirst()
  return row && toMember(row)
}

async function findUser(
  database: Database,
  realm: string,
  idOrEmail: string,
  organization: string | undefined,
): Promise<Person | undefined> {
  const user = await database.db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', realm)
    .where((where) => where.or([where('id', '=', idOrEmail), where('email', '=', idOrEmail.toLowerCase())]))
    .executeTakeFirst()
  if (user === undefined) return undefined
  const person: Person = {
    ...{ id: user.id, email: user.email, name: nameOf(user), updatedAt: user.updated_at },
    profile: userData(user).user_profile,
    ...(user.external_id !== null && { externalId: user.external_id }),
  }
  const memberships = await activeMemberships(database, user.id)
  const [membership] = memberships.filter(({ id }) => organization === undefined || id === organization)
  if (membership === undefined) return person
  const { id, external_id: externalId, roles } = membership
  const rights = await rightsOf(database.db, realm, { organization_id: id, roles })
  // Tokens list permissions by name.
  const permissions = [...rights.permissions].sort()
  return { ...person, organization: { id, externalId, ...rights, permissions } }
}

/** The organizations that a user belongs to, the first joined first. */
export function activeMemberships({ db }: Database, user: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select([
      'organizations.id',
      'organizations.display_name',
      'organizations.external_id',
      'memberships.roles',
    ])
    .where('memberships.user_id', '=', user)
    .where('memberships.status', '=', 'ACTIVE')
    .orderBy('memberships.created_at')
    .orderBy('organizations.id')
    .execute()
}

/** The organizations that a user belongs to or is invited to, the first joined first. Expired invitations do not count. */
export async function openMemberships({ db }: Database, now: number, user: string) {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select(['organizations.id', 'organizations.display_name', 'memberships.status', 'memberships.data'])
    .where('memberships.user_id', '=', user)
    .orderBy('memberships.created_at')
    .orderBy('organizations.id')
    .execute()
  return rows
    .map(({ id, display_name, ...row }) => ({ id, display_name, status: membershipStatus(row, now) }))
    .filter(({ status }) => status === 'ACTIVE' || status === 'PENDING_INVITE')
    .map(({ id, display_name, status }) => {
      const entry = status === 'PENDING_INVITE' ? ('invited' as const) : ('member' as const)
      return { id, display_name, entry }
    })
}

function toMember(row: {
  id: string
  email: string
  role: 'ADMIN' | 'USER'
  first_name: string | null
  last_name: string | null
}): Person {
  const name = [row.first_name, row.last_name].filter(Boolean).join(' ')
  return { id: row.id, email: row.email, name: name === '' ? row.email : name, role: row.role }
}

function nameOf(row: UserRow): string {
  const { name, first_name, last_name } = userData(row).user_profile
  return name ?? ([first_name, last_name].filter(Boolean).join(' ') || row.email)
}
