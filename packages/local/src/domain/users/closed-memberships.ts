import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { SignInRefusal } from '../connections/sign-in-refusal.js'
import type { Person } from './people.js'
import { membershipData, membershipStatus } from './user-data.js'

/**
 * Why somebody without an open membership acts in no organization: their invitation has expired, or their membership is
 * inactive; `undefined` for somebody who has no membership. With an organization, why they do not act in that one.
 */
export async function whyNoOpenMembership(
  { db }: { readonly db: Kysely<Schema> },
  now: number,
  { id, email, name }: Pick<Person, 'id' | 'email' | 'name'>,
  organization?: string,
): Promise<SignInRefusal | undefined> {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select(['organizations.id', 'organizations.display_name', 'memberships.status', 'memberships.data'])
    .where('memberships.user_id', '=', id)
    .orderBy('memberships.created_at')
    .orderBy('organizations.id')
    .execute()
  const closed = rows
    .filter((row) => organization === undefined || row.id === organization)
    .map((row) => ({ ...row, status: membershipStatus(row, now) }))
  const expired = closed.find(({ status }) => status === 'INVITE_EXPIRED')
  if (expired !== undefined) {
    const where = expired.display_name || 'the organization'
    const whom = membershipData(expired).inviter_email || `an administrator of ${where}`
    const message = `The invitation of ${email} to ${where} has expired. Ask ${whom} for a new one.`
    return new SignInRefusal('user_not_active', message)
  }
  if (!closed.some(({ status }) => status === 'INACTIVE')) return undefined
  const which = organization === undefined ? 'any' : 'the'
  return new SignInRefusal('user_not_active', `${name} is not an active member of ${which} organization.`)
}
