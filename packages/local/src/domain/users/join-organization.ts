import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { Schema } from '../../storage/schema.js'
import { SignInRefusal } from '../connections/sign-in-refusal.js'
import { DomainError } from '../domain-error.js'
import { findOrganization } from '../organizations/organization-data.js'
import type { Store } from '../store.js'
import { addMembership } from './membership-changes.js'
import type { ProvisioningMethod } from './user-data.js'

interface Joining {
  readonly organization: string
  readonly user: string
}

/**
 * Makes somebody a member of an organization that welcomes the domain of their address. Throws a `SignInRefusal` as
 * `joinOrganization` does.
 */
export async function joinByDomain(
  { database, clock }: Store,
  environment: string,
  joining: Joining,
): Promise<void> {
  await database.transaction((db) =>
    joinOrganization(db, clock, environment, { ...joining, method: 'allowed_email_domain' }),
  )
}

/** Whether a user belongs to an organization, or did, or is invited to one. */
export async function hasMembership(db: Kysely<Schema>, user: string): Promise<boolean> {
  const row = await db
    .selectFrom('memberships')
    .select('organization_id')
    .where('user_id', '=', user)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Makes somebody who signs in a member, in the default role. Throws a `SignInRefusal` when the organization is full, and
 * for those whose membership is inactive or whose invitation has expired.
 */
export async function joinOrganization(
  db: Kysely<Schema>,
  clock: Clock,
  environment: string,
  joining: Joining & { readonly method: ProvisioningMethod },
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
