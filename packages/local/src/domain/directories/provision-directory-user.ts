import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { DirectoryRow } from '../../storage/registry-schema.js'
import type { MembershipRow, OrganizationRow, Schema, UserRow } from '../../storage/schema.js'
import { failedPrecondition } from '../domain-error.js'
import { domainOf, domainsOf, isOwnDomain } from '../domains/domain-data.js'
import { findOrganization } from '../organizations/organization-data.js'
import { openRoleBook } from '../roles/role-book.js'
import { createUser } from '../users/create-user.js'
import { addMembership, defaultMemberRoles } from '../users/membership-changes.js'
import {
  activateMembership,
  deactivateMembership,
  setDirectory,
  updateMembership,
} from '../users/membership-status.js'
import { findUserByEmail } from '../users/sign-up.js'
import { membershipData, UserData, userData } from '../users/user-data.js'
import { contentOf, type DirectoryData, type DirectoryUserData } from './directory-data.js'
import { directoryProfile, followedProfile } from './directory-profile.js'

type Db = Kysely<Schema>

/** Where a directory belongs, and what it means for roles and profiles. */
export interface Provisioning {
  readonly db: Db
  readonly clock: Clock
  readonly directory: DirectoryRow
  readonly before: DirectoryData
  readonly after: DirectoryData
}

/** A user of a directory as they were and are: undefined before they were sent, and after they were deleted. */
export interface DirectoryUserChange {
  readonly before: DirectoryUserData | undefined
  readonly after: DirectoryUserData | undefined
}

/**
 * Lets a user of the environment follow one of a directory, and returns their id. A directory speaks for the mail
 * domains of its organization only: others stay in the directory. Source: Scalekit's description of SCIM provisioning.
 * @throws {DomainError} `failed_precondition` for another e-mail address, and when the organization is full
 */
export async function provisionDirectoryUser(
  provisioning: Provisioning,
  change: DirectoryUserChange,
): Promise<string | undefined> {
  const { before, after } = change
  const known = before?.user_id === undefined ? undefined : await userById(provisioning, before.user_id)
  if (known !== undefined && before !== undefined && after !== undefined) refuseOtherEmail(before, after)
  if (after === undefined || !isActive(after)) {
    if (known !== undefined) await leave(provisioning, known, change)
    if (known !== undefined && after !== undefined) await follow(provisioning, known, before, after)
    return known?.id
  }
  const user = known ?? (await userOf(provisioning, after))
  if (user === undefined) return undefined
  await follow(provisioning, user, known && before, after)
  await join(provisioning, user, { before, after })
  return user.id
}

/**
 * Lets a user follow a directory no longer that is about to be deleted. A membership that the directory created becomes
 * inactive, unless another directory has the user; any other one loses the roles of the directory's groups.
 */
export async function withdrawDirectoryUser(
  provisioning: Provisioning,
  before: DirectoryUserData,
): Promise<void> {
  const { db, directory } = provisioning
  const user = before.user_id === undefined ? undefined : await userById(provisioning, before.user_id)
  if (user === undefined) return
  const change = { before, after: undefined }
  const organization = await findOrganization(db, directory.environment_id, { id: directory.organization_id })
  const membership = await membershipOf(db, organization, user)
  if (membership === undefined) return
  if (membershipData(membership).directory_id !== directory.id)
    return changeRoles(provisioning, organization, membership, change)
  const other = await otherDirectoryOf(provisioning, user)
  if (other === undefined) return leave(provisioning, user, change)
  await changeRoles(provisioning, organization, membership, change)
  await setDirectory(db, membership, other)
}

/** Another directory of the organization that has a user as active. */
async function otherDirectoryOf(
  { db, directory }: Provisioning,
  { id }: Pick<UserRow, 'id'>,
): Promise<string | undefined> {
  const others = await db
    .selectFrom('directories')
    .select('id')
    .where('organization_id', '=', directory.organization_id)
    .where('id', '!=', directory.id)
    .execute()
  const ids = others.map((other) => other.id)
  const { users } = await contentOf(db, ids)
  return users.find(({ user }) => user.user_id === id && isActive(user))?.directory_id
}

/** The roles that the groups of a user stand for. */
export function rolesOfGroups(
  { groups }: Pick<DirectoryUserData, 'groups'>,
  { role_assignments }: DirectoryData,
): string[] {
  const assigned = role_assignments.filter(({ group_id }) => groups.includes(group_id))
  return [...new Set(assigned.map(({ role_name }) => role_name))]
}

export function isActive({ detail }: DirectoryUserData): boolean {
  return detail.active !== false
}

function userById({ db, directory }: Provisioning, id: string): Promise<UserRow | undefined> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', directory.environment_id)
    .where('id', '=', id)
    .executeTakeFirst()
}

function refuseOtherEmail(before: DirectoryUserData, after: DirectoryUserData): void {
  if (before.email.toLowerCase() === after.email.toLowerCase()) return
  throw failedPrecondition(
    `The e-mail address of a provisioned user cannot change. Delete ${before.email} and create the other user.`,
  )
}

/** The user with the e-mail address, created if there is none; undefined when its domain is not the organization's. */
async function userOf(
  { db, clock, directory }: Provisioning,
  { email }: DirectoryUserData,
): Promise<UserRow | undefined> {
  const { environment_id: environment, organization_id: organization } = directory
  const domains = await domainsOf(db, environment)
  const own = domains.some((row) => isOwnDomain(row, organization, domainOf(email)))
  if (!own || !email.includes('@')) return undefined
  const known = await findUserByEmail(db, environment, email)
  const data = { user_profile: {}, metadata: {} }
  return known ?? createUser(db, { environment, email, externalId: null, data }, clock.now())
}

async function follow(
  { db, clock, before: meant, after: means }: Provisioning,
  user: UserRow,
  before: DirectoryUserData | undefined,
  after: DirectoryUserData,
): Promise<void> {
  const data = userData(user)
  const last = before && directoryProfile(before, meant.attributes)
  const next = followedProfile(data.user_profile, last, directoryProfile(after, means.attributes))
  const stored = JSON.stringify(UserData.parse({ ...data, user_profile: next }))
  if (stored === JSON.stringify(data)) return
  await db
    .updateTable('users')
    .set({ data: stored, updated_at: clock.now() })
    .where('id', '=', user.id)
    .execute()
}

async function join(
  provisioning: Provisioning,
  user: UserRow,
  change: DirectoryUserChange & { readonly after: DirectoryUserData },
): Promise<void> {
  const { db, clock, directory, after: means } = provisioning
  const organization = await findOrganization(db, directory.environment_id, { id: directory.organization_id })
  const membership = await membershipOf(db, organization, user)
  if (membership !== undefined) {
    // A membership that a directory created belongs to the directory that sends its user last.
    if (membership.status !== 'ACTIVE' && membershipData(membership).directory_id !== undefined)
      await setDirectory(db, membership, directory.id)
    await activateMembership(db, clock, (await membershipOf(db, organization, user)) ?? membership)
    await changeRoles(provisioning, organization, membership, change)
    return
  }
  const names = await meantRoles(db, organization, rolesOfGroups(change.after, means))
  const roles = names.map((name) => ({ id: '', name }))
  const given = { metadata: {}, method: 'direct_provision', directory: directory.id } as const
  await addMembership(db, clock, organization, user.id, { roles, ...given })
}

async function leave(provisioning: Provisioning, user: UserRow, change: DirectoryUserChange): Promise<void> {
  const { db, clock, directory } = provisioning
  const organization = await findOrganization(db, directory.environment_id, { id: directory.organization_id })
  const membership = await membershipOf(db, organization, user)
  if (membership === undefined) return
  await changeRoles(provisioning, organization, membership, change)
  await deactivateMembership(db, clock, membership)
}

/** Whoever wrote last decides: roles that were assigned in another way stay until the groups mean others. */
async function changeRoles(
  { db, clock, before: meant, after: means }: Provisioning,
  organization: OrganizationRow,
  membership: MembershipRow,
  { before, after }: DirectoryUserChange,
): Promise<void> {
  const last = before?.user_id === undefined ? [] : rolesOfGroups(before, meant)
  const next = after === undefined ? [] : rolesOfGroups(after, means)
  if (last.length === next.length && last.every((name) => next.includes(name))) return
  await updateMembership(db, clock, membership, { roles: await meantRoles(db, organization, next) })
}

/** Those of the roles that still exist; without one, the default role of members. */
async function meantRoles(
  db: Db,
  organization: OrganizationRow,
  names: readonly string[],
): Promise<string[]> {
  const visible = (await openRoleBook(db, organization.environment_id)).visible(organization.id)
  const roles = names.filter((name) => visible.some((role) => role.name === name))
  return roles.length > 0 ? roles : defaultMemberRoles(db, organization)
}

function membershipOf(
  db: Db,
  { id }: Pick<OrganizationRow, 'id'>,
  user: UserRow,
): Promise<MembershipRow | undefined> {
  return db
    .selectFrom('memberships')
    .selectAll()
    .where('organization_id', '=', id)
    .where('user_id', '=', user.id)
    .executeTakeFirst()
}
