import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { commons, type users } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { heldRoles, rightsIn } from '../../domain/roles/membership-rights.js'
import { openRoleBook, type RoleBook } from '../../domain/roles/role-book.js'
import { membershipData, membershipStatus, type UserProfile, userData } from '../../domain/users/user-data.js'
import type { MembershipRow, Schema, UserRow } from '../../storage/schema.js'
import { toRoleReference } from './role-message.js'

type UserInit = MessageInitShape<typeof users.UserSchema>
type MembershipInit = MessageInitShape<typeof commons.OrganizationMembershipSchema>
type NamedMembership = MembershipRow & { organization_name: string }

/** Users of one environment as the API shows them, with all their memberships. */
export async function toUsers(
  db: Kysely<Schema>,
  rows: readonly UserRow[],
  now: number,
): Promise<UserInit[]> {
  const [first] = rows
  if (!first) return []
  const book = await openRoleBook(db, first.environment_id)
  const ids = rows.map(({ id }) => id)
  const memberships = await db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .selectAll('memberships')
    .select('organizations.display_name as organization_name')
    .where('memberships.user_id', 'in', ids)
    .orderBy('memberships.created_at')
    .orderBy('memberships.organization_id')
    .execute()
  return rows.map((row) => {
    const own = memberships.filter(({ user_id }) => user_id === row.id)
    return toUser(
      row,
      own.map((membership) => toMembership(book, membership, now)),
    )
  })
}

export async function toUserMessage(db: Kysely<Schema>, row: UserRow, now: number): Promise<UserInit> {
  const [user] = await toUsers(db, [row], now)
  return user ?? {}
}

function toUser(row: UserRow, memberships: MembershipInit[]): UserInit {
  const { user_profile, metadata, last_login_at } = userData(row)
  return {
    id: row.id,
    environmentId: row.environment_id,
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    email: row.email,
    memberships,
    userProfile: toProfile(row.id, user_profile),
    metadata,
    ...(row.external_id !== null && { externalId: row.external_id }),
    ...(last_login_at !== undefined && { lastLoginTime: timestampFromMs(last_login_at) }),
  }
}

function toProfile(id: string, profile: UserProfile): MessageInitShape<typeof commons.UserProfileSchema> {
  const given = profile.first_name ?? ''
  const family = profile.last_name ?? ''
  return {
    id,
    givenName: given,
    familyName: family,
    firstName: given,
    lastName: family,
    name: profile.name ?? [given, family].filter(Boolean).join(' '),
    locale: profile.locale ?? '',
    phoneNumber: profile.phone_number ?? '',
    preferredUsername: profile.preferred_username ?? '',
    picture: profile.picture ?? '',
    gender: profile.gender ?? '',
    groups: profile.groups ?? [],
    metadata: profile.metadata,
    customAttributes: profile.custom_attributes,
  }
}

function toMembership(book: RoleBook, row: NamedMembership, now: number): MembershipInit {
  const data = membershipData(row)
  return {
    organizationId: row.organization_id,
    name: row.organization_name,
    displayName: row.organization_name,
    membershipStatus: commons.MembershipStatus[membershipStatus(row, now)],
    roles: heldRoles(book, row).map(toRoleReference),
    permissions: rightsIn(book, row).permissions,
    metadata: data.metadata,
    createdAt: timestampFromMs(row.created_at),
    ...(data.accepted_at !== undefined && {
      joinTime: timestampFromMs(data.accepted_at),
      acceptedAt: timestampFromMs(data.accepted_at),
    }),
    ...(data.expires_at !== undefined && { expiresAt: timestampFromMs(data.expires_at) }),
    ...(data.inviter_email !== undefined && { inviterEmail: data.inviter_email }),
  }
}
