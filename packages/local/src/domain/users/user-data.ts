import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { MembershipRow, Schema, UserRow } from '../../storage/schema.js'
import { alreadyExists, notFound } from '../domain-error.js'
import type { Identity } from '../identity.js'

const Texts = z.record(z.string(), z.string()).default({})
const text = z.string().optional()

/** A user's profile. Without a name of its own, it is the first and the last one. */
export const UserProfile = z.object({
  first_name: text,
  last_name: text,
  name: text,
  locale: text,
  phone_number: text,
  preferred_username: text,
  picture: text,
  gender: text,
  groups: z.array(z.string()).optional(),
  metadata: Texts,
  custom_attributes: Texts,
})
export type UserProfile = z.infer<typeof UserProfile>

/** Who a user is at an identity provider that they have signed in with. Times are milliseconds. */
export const ExternalIdentity = z.object({
  connection_id: z.string(),
  connection_type: z.string(),
  connection_provider: z.string(),
  connection_user_id: z.string(),
  is_social: z.boolean(),
  created_at: z.number(),
  last_login_at: z.number(),
  last_synced_at: z.number().optional(),
  /** What the identity provider said at the last sign-in. */
  raw_attributes: z.record(z.string(), z.unknown()).optional(),
})
export type ExternalIdentity = z.infer<typeof ExternalIdentity>

/** The attributes of a user without a column of their own. */
export const UserData = z.object({
  user_profile: UserProfile.default(() => UserProfile.parse({})),
  metadata: Texts,
  external_identities: z.array(ExternalIdentity).optional(),
  /** Milliseconds. */
  last_login_at: z.number().optional(),
})
export type UserData = z.infer<typeof UserData>

/** How memberships come about. Source: the values of `provisioning_method` in Scalekit's API. */
const PROVISIONING_METHODS = [
  'org_creator',
  'invitation',
  'direct_provision',
  'jit_using_sso',
  'allowed_email_domain',
] as const
export type ProvisioningMethod = (typeof PROVISIONING_METHODS)[number]

/** The attributes of a membership without a column of their own. Times are milliseconds. */
export const MembershipData = z.object({
  metadata: Texts,
  provisioning_method: z.enum(PROVISIONING_METHODS).optional(),
  /** The directory that created the membership. */
  directory_id: z.string().optional(),
  inviter_email: z.string().optional(),
  accepted_at: z.number().optional(),
  expires_at: z.number().optional(),
  resent_at: z.number().optional(),
  resent_count: z.number().default(0),
})
export type MembershipData = z.infer<typeof MembershipData>

export function userData(row: UserRow): UserData {
  return UserData.parse(JSON.parse(row.data))
}

export function membershipData(row: Pick<MembershipRow, 'data'>): MembershipData {
  return MembershipData.parse(JSON.parse(row.data))
}

/** How a membership came about. One of a seed or an earlier version was an invitation if it has an expiry. */
export function provisioningMethod(row: Pick<MembershipRow, 'data' | 'status'>): ProvisioningMethod {
  const { provisioning_method, expires_at } = membershipData(row)
  const invited = expires_at !== undefined || row.status === 'PENDING_INVITE'
  return provisioning_method ?? (invited ? 'invitation' : 'direct_provision')
}

/** Whether a user has shown that the e-mail address is theirs: not while they only have invitations to accept. */
export function isEmailVerified(
  user: UserRow,
  memberships: readonly Pick<MembershipRow, 'status'>[],
): boolean {
  const accepted = ({ status }: Pick<MembershipRow, 'status'>) => status === 'ACTIVE' || status === 'INACTIVE'
  return userData(user).last_login_at !== undefined || memberships.length === 0 || memberships.some(accepted)
}

/** @throws {DomainError} `not_found`, also for a user of another environment */
export async function findUser(db: Kysely<Schema>, environment: string, by: Identity): Promise<UserRow> {
  const query = db.selectFrom('users').selectAll().where('environment_id', '=', environment)
  const row =
    'id' in by
      ? await query.where('id', '=', by.id).executeTakeFirst()
      : await query.where('external_id', '=', by.externalId).executeTakeFirst()
  if (row) return row
  const name = 'id' in by ? by.id : `with the external id ${by.externalId}`
  throw notFound(`There is no user ${name} in this environment`)
}

/** @throws {DomainError} `not_found` */
export async function findMembership(
  db: Kysely<Schema>,
  organization: string,
  user: string,
): Promise<MembershipRow> {
  const row = await db
    .selectFrom('memberships')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('user_id', '=', user)
    .executeTakeFirst()
  if (row) return row
  throw notFound(`User ${user} is not in organization ${organization}`)
}

/** @throws {DomainError} `already_exists` for an e-mail address or external id that another user has */
export async function refuseTakenUser(
  db: Kysely<Schema>,
  { id, environment_id, email, external_id }: UserRow,
): Promise<void> {
  const taken = await db
    .selectFrom('users')
    .select(['email'])
    .where('environment_id', '=', environment_id)
    .where('id', '!=', id)
    .where((where) => where.or([where('email', '=', email), where('external_id', '=', external_id)]))
    .executeTakeFirst()
  if (!taken) return
  const what = taken.email === email ? 'e-mail address' : 'external id'
  throw alreadyExists(`Another user of this environment has this ${what}`)
}

/** An invitation that nobody accepted in time has expired, whether or not anybody looked. */
export function membershipStatus(
  row: Pick<MembershipRow, 'data' | 'status'>,
  now: number,
): MembershipRow['status'] {
  const { expires_at } = membershipData(row)
  const late = row.status === 'PENDING_INVITE' && expires_at !== undefined && expires_at <= now
  return late ? 'INVITE_EXPIRED' : row.status
}
