import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { invalid } from '../domain-error.js'
import { type OrganizationData, organizationData } from '../organizations/organization-data.js'

const MINUTE_MS = 60_000

/** Life of the access token of somebody who signed in to an application, in seconds, as live. */
export const SIGN_IN_TOKEN_SECONDS = 300

/** Minutes in the units of the API's `TimeUnit`; without a unit, minutes. */
const MINUTES = [1, 1, 60, 24 * 60] as const
type Unit = 0 | 1 | 2 | 3

/** How long a session lasts, in minutes. Without `idle`, it does not end for lack of activity. */
export interface SessionPolicy {
  readonly absolute: number
  readonly idle: number | undefined
}

/** The policy of the environment. Source: the defaults of Scalekit's dashboard. */
export const APPLICATION_POLICY: SessionPolicy = { absolute: 30 * 24 * 60, idle: undefined }

type Stored = NonNullable<OrganizationData['session_policy']>

/** What a request can say about an organization's own policy; a timeout that it leaves out stays. */
export interface PolicyFields {
  readonly absoluteSessionTimeout?: number | undefined
  readonly absoluteSessionTimeoutUnit?: Unit | undefined
  readonly idleSessionTimeoutEnabled?: boolean | undefined
  readonly idleSessionTimeout?: number | undefined
  readonly idleSessionTimeoutUnit?: Unit | undefined
}

/**
 * The organization's policy with the fields of a request in place of its own, in minutes.
 * @throws {DomainError} `invalid` unless the absolute timeout is longer than the idle timeout, and that longer than an
 * access token lives; also for a timeout that is too long
 */
export function changedPolicy(before: Stored | undefined, fields: PolicyFields): Stored {
  const { absoluteSessionTimeout: absolute, idleSessionTimeout: idle, idleSessionTimeoutEnabled } = fields
  const changed: Stored = {
    ...before,
    ...(absolute !== undefined && {
      absoluteSessionTimeout: absolute * MINUTES[fields.absoluteSessionTimeoutUnit ?? 0],
      absoluteSessionTimeoutUnit: 1,
    }),
    ...(idle !== undefined && {
      idleSessionTimeout: idle * MINUTES[fields.idleSessionTimeoutUnit ?? 0],
      idleSessionTimeoutUnit: 1,
    }),
    ...(idleSessionTimeoutEnabled !== undefined && { idleSessionTimeoutEnabled }),
  }
  refuseTooLong(changed)
  refuseWrongOrder(changed)
  return changed
}

function customPolicy(stored: Stored): SessionPolicy {
  const minutes = (value: number | undefined, unit: Unit | undefined) =>
    value === undefined ? undefined : value * MINUTES[unit ?? 0]
  return {
    absolute:
      minutes(stored.absoluteSessionTimeout, stored.absoluteSessionTimeoutUnit) ??
      APPLICATION_POLICY.absolute,
    idle: stored.idleSessionTimeoutEnabled
      ? minutes(stored.idleSessionTimeout, stored.idleSessionTimeoutUnit)
      : undefined,
  }
}

/** Answers have minutes in an `Int32Value`. */
const LONGEST_MINUTES = 2 ** 31 - 1

/** A timeout that is not enabled is stored too. */
function refuseTooLong({ idleSessionTimeout, absoluteSessionTimeout }: Stored): void {
  for (const [field, timeout] of [
    ['idle_session_timeout', idleSessionTimeout],
    ['absolute_session_timeout', absoluteSessionTimeout],
  ] as const) {
    if (timeout === undefined) continue
    if (timeout > LONGEST_MINUTES) throw wrong(field, `must be ${LONGEST_MINUTES} minutes at most`)
    if (timeout < 0) throw wrong(field, 'must not be negative')
  }
}

function refuseWrongOrder(stored: Stored): void {
  const { absolute, idle } = customPolicy(stored)
  const token = SIGN_IN_TOKEN_SECONDS / 60
  if (stored.idleSessionTimeoutEnabled && idle === undefined)
    throw wrong('idle_session_timeout', 'is required while idle_session_timeout_enabled is true')
  if (idle !== undefined && idle >= absolute)
    throw wrong('idle_session_timeout', 'must be shorter than absolute_session_timeout')
  for (const [field, timeout] of [
    ['idle_session_timeout', idle],
    ['absolute_session_timeout', absolute],
  ] as const)
    if (timeout !== undefined && timeout <= token)
      throw wrong(field, `must be longer than an access token lives, which is ${token} minutes`)
}

function wrong(field: string, description: string) {
  return invalid(`${field} ${description}`, [{ field, description }])
}

/**
 * How long a session lasts that begins in an organization: the shorter of the environment's and the organization's
 * timeouts. Later changes of a policy leave it as it is.
 */
export async function policyFor(
  db: Kysely<Schema>,
  organization: string | undefined,
): Promise<{ absoluteMs: number; idleMs: number | null }> {
  const row =
    organization === undefined
      ? undefined
      : await db.selectFrom('organizations').selectAll().where('id', '=', organization).executeTakeFirst()
  const stored = row && organizationData(row).session_policy
  const policies = [APPLICATION_POLICY, ...(stored ? [customPolicy(stored)] : [])]
  const idle = policies.flatMap((policy) => policy.idle ?? [])
  return {
    absoluteMs: Math.min(...policies.map(({ absolute }) => absolute)) * MINUTE_MS,
    idleMs: idle.length === 0 ? null : Math.min(...idle) * MINUTE_MS,
  }
}
