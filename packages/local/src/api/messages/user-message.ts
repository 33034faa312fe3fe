import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { commons, type users } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { heldRoles, rightsIn } from '../../domain/roles/membership-rights.js'
import { openRoleBook, type RoleBook } from '../../domain/roles/role-book.js'
import {
  type ExternalIdentity,
  isEmailVerified,
  membershipData,
  membershipStatus,
  provisioningMethod,
  type UserProfile,
  userData,
} from '../../domain/users/user-data.js'
import type { MembershipRow, Schema, UserRow } from '../../storage/schema.js'
import { enumOf } from './enum-of.js'
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
    const shown = own.map((membership) => toMembership(book, membership, now))
    return toUser(row, shown, isEmailVerified(row, own))
  })
}

export async function toUserMessage(db: Kysely<Schema>, row: UserRow, now: number): Promise<UserInit> {
  const [user] = await toUsers(db, [row], now)
  return user ?? {}
}

function toUser(row: UserRow, memberships: MembershipInit[], emailVerified: boolean): UserInit {
  const { user_profile, metadata, last_login_at, external_identities = [] } = userData(row)
  return {
    id: row.id,
    environmentId: row.environment_id,
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    email: row.email,
    memberships,
    userProfile: toProfile(row.id, user_profile, { emailVerified, external_identities }),
    metadata,
    ...(row.external_id !== null && { externalId: row.external_id }),
    ...(last_login_at !== undefined && { lastLoginTime: timestampFromMs(last_login_at) }),
  }
}

function toProfile(
  id: string,
  profile: UserProfile,
  known: { readonly emailVerified: boolean; readonly external_identities: readonly ExternalIdentity[] },
): MessageInitShape<typeof commons.UserProfileSchema> {
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
    emailVerified: known.emailVerified,
    externalIdentities: known.external_identities.map(toExternalIdentity),
  }
}

function toExternalIdentity(
  identity: ExternalIdentity,
): MessageInitShape<typeof commons.ExternalIdentitySchema> {
  return {
    connectionId: identity.connection_id,
    connectionType: identity.connection_type,
    connectionProvider: enumOf(commons.IdentityProviderType, identity.connection_provider) ?? 0,
    connectionUserId: identity.connection_user_id,
    isSocial: identity.is_social,
    createdTime: timestampFromMs(identity.created_at),
    lastLoginTime: timestampFromMs(identity.last_login_at),
    ...(identity.last_synced_at !== undefined && {
      lastSyncedTime: timestampFromMs(identity.last_synced_at),
    }),
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
    provisioningMethod: provisioningMethod(row),
    createdAt: timestampFromMs(row.created_at),
    ...(data.accepted_at !== undefined && {
      joinTime: timestampFromMs(data.accepted_at),
      acceptedAt: timestampFromMs(data.accepted_at),
    }),
    ...(data.expires_at !== undefined && { expiresAt: timestampFromMs(data.expires_at) }),
    ...(data.inviter_email !== undefined && { inviterEmail: data.inviter_email }),
  }
}
