import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { MembershipRow, OrganizationRow, RoleRow, Schema } from '../../storage/schema.js'
import { alreadyExists, failedPrecondition, notFound } from '../domain-error.js'
import { refuseBlocked } from '../environments/user-management.js'
import { noteUserEvent, type UserEventType } from '../events/user-event.js'
import { organizationData } from '../organizations/organization-data.js'
import { isDefaultForMembers } from '../roles/default-member-role.js'
import { openRoleBook } from '../roles/role-book.js'
import { MembershipData, type ProvisioningMethod } from './user-data.js'

/** How long an invitation waits. Source: Scalekit's documentation of invitations. */
export const INVITATION_MS = 15 * 24 * 60 * 60 * 1000

/** A role as a request names it: by its name, or else by its id. */
export interface RoleName {
  readonly id: string
  readonly name: string
}

export interface NewMembership {
  readonly roles: readonly RoleName[]
  readonly metadata: Readonly<Record<string, string>>
  readonly inviterEmail?: string | undefined
  /** How it comes about. Invited users are pending until they accept; others belong at once. */
  readonly method: ProvisioningMethod
  /** The directory that creates it. */
  readonly directory?: string | undefined
}

/** What applications are told of a new membership; of others, that a user has joined. */
const EVENTS: Readonly<Partial<Record<ProvisioningMethod, UserEventType>>> = {
  org_creator: 'user.signup',
  invitation: 'user.organization_invitation',
}

/**
 * Adds a user to an organization, and notes the event. Without roles, the first user gets the role that creators get
 * by default, and later ones that of members.
 * @throws {DomainError} `already_exists`, `invalid` for an address that may not be invited, `not_found` for a role, `failed_precondition` when the organization is full
 */
export async function addMembership(
  db: Kysely<Schema>,
  clock: Clock,
  organization: OrganizationRow,
  userId: string,
  { roles, metadata, inviterEmail, method, directory }: NewMembership,
): Promise<void> {
  const now = clock.now()
  const invite = method === 'invitation'
  if (invite) await refuseBlocked(db, organization.environment_id, userId)
  // The first member is the creator, and the last place is given once: who joins at the same moment waits here.
  await db
    .updateTable('organizations')
    .set({ updated_at: organization.updated_at })
    .where('id', '=', organization.id)
    .execute()
  const present = await db
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organization.id)
    .execute()
  if (present.some(({ user_id }) => user_id === userId)) {
    throw alreadyExists(`User ${userId} is in organization ${organization.id} already`)
  }
  const limit = organizationData(organization).max_allowed_users
  if (limit !== undefined && limit > 0 && present.length >= limit) {
    throw failedPrecondition(`The organization may have ${limit} users at most`)
  }
  const names =
    roles.length > 0 ? await roleNames(db, organization, roles) : await defaultRole(db, organization, present)
  const data = MembershipData.parse({
    metadata,
    inviter_email: inviterEmail,
    provisioning_method: method,
    directory_id: directory,
    ...(invite ? { expires_at: now + INVITATION_MS } : { accepted_at: now }),
  })
  const row: MembershipRow = {
    organization_id: organization.id,
    user_id: userId,
    status: invite ? 'PENDING_INVITE' : 'ACTIVE',
    roles: JSON.stringify(names),
    data: JSON.stringify(data),
    created_at: now,
    updated_at: now,
  }
  await db.insertInto('memberships').values(row).execute()
  const type = EVENTS[method] ?? 'user.organization_membership_created'
  await noteUserEvent(db, clock, type, organization.environment_id, {
    user: userId,
    organization: organization.id,
  })
}

/**
 * The names of roles that a request gives by name or by id.
 * @throws {DomainError} `not_found` for one that the organization cannot see
 */
export async function roleNames(
  db: Kysely<Schema>,
  organization: OrganizationRow,
  wanted: readonly RoleName[],
): Promise<string[]> {
  const visible = await visibleIn(db, organization)
  const names = wanted.map(({ id, name }) => {
    const role = visible.find((row) => (name ? row.name === name : row.id === id))
    if (role) return role.name
    throw notFound(`There is no role ${name || id} in organization ${organization.id}`)
  })
  return [...new Set(names)]
}

async function defaultRole(db: Kysely<Schema>, organization: OrganizationRow, present: readonly unknown[]) {
  if (present.length > 0) return defaultMemberRoles(db, organization)
  const visible = await visibleIn(db, organization)
  return visible.filter((row) => row.default_creator === 1).map(({ name }) => name)
}

/** The role that members of an organization have when nobody chooses another. */
export async function defaultMemberRoles(
  db: Kysely<Schema>,
  organization: OrganizationRow,
): Promise<string[]> {
  const visible = await visibleIn(db, organization)
  return visible.filter((row) => isDefaultForMembers(organization, row)).map(({ name }) => name)
}

async function visibleIn(
  db: Kysely<Schema>,
  { environment_id, id }: OrganizationRow,
): Promise<readonly RoleRow[]> {
  return (await openRoleBook(db, environment_id)).visible(id)
}
