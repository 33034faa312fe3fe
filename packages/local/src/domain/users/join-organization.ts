import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { Schema } from '../../storage/schema.js'
import { SignInRefusal } from '../connections/sign-in-refusal.js'
import { DomainError } from '../domain-error.js'
import { findOrganization } from '../organizations/organization-data.js'
import { addMembership } from './membership-changes.js'
import type { ProvisioningMethod } from './user-data.js'

/**
 * Makes somebody who signs in a member, in the default role. Throws a `SignInRefusal` when the organization is full, and
 * for those whose membership is inactive or whose invitation has expired.
 */
export async function joinOrganization(
  db: Kysely<Schema>,
  clock: Clock,
  environment: string,
  joining: { readonly organization: string; readonly user: string; readonly method: ProvisioningMethod },
): Promise<void> {
  const { organization: id, user, method } = joining
  const present = await db
    .selectFrom('memberships')
    .select('status')
    .where('organization_id', '=', id)
    .where('user_id', '=', user)
    .executeTakeFirst()
  if (present?.status === 'ACTIVE') return
  if (present !== undefined) {
    throw new SignInRefusal('access_denied', 'The membership is inactive, or its invitation has expired.')
  }
  try {
    const organization = await findOrganization(db, environment, { id })
    await addMembership(db, clock, organization, user, { roles: [], metadata: {}, method })
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause
    throw new SignInRefusal('access_denied', cause.message, { cause })
  }
}
