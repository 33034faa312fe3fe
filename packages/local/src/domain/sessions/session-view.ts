import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { MembershipRow, Schema, SessionRow } from '../../storage/schema.js'
import { Device } from './device.js'
import type { LiveSession } from './live-sessions.js'
import { usesOf } from './session-uses.js'

/** How a session ended: somebody ended it, its user signed out, or it timed out. */
export type SessionEnd = 'revoked' | 'logout' | 'expired'

/** A session as it is shown: alive, or as it was when it ended. Times are milliseconds. */
export const SessionView = z.object({
  id: z.string(),
  user_id: z.string(),
  // Data of earlier versions has upper case.
  status: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['active', 'revoked', 'logout', 'expired'])),
  organizations: z.array(z.string()),
  clients: z.array(z.string()),
  /** Where each client was used; data of earlier versions has none. */
  uses: z.array(z.object({ client: z.string(), organization: z.string().optional() })).optional(),
  created_at: z.number(),
  last_active_at: z.number().optional(),
  expires_at: z.number().optional(),
  idle_expires_at: z.number().optional(),
  ended_at: z.number().optional(),
  device: Device.optional(),
})
export type SessionView = z.infer<typeof SessionView>

export function viewOf(
  session: LiveSession,
  memberships: readonly Pick<MembershipRow, 'user_id' | 'organization_id'>[],
): SessionView {
  const { id, userId, row, createdAt, expiresAt, clients } = session
  const status = 'active' as const
  const view = { id, user_id: userId, status, clients: [...clients], created_at: createdAt }
  if (row === undefined) {
    const own = memberships.filter(({ user_id }) => user_id === userId)
    const organizations = own.map(({ organization_id }) => organization_id).slice(0, 1)
    return { ...view, organizations, ...(expiresAt !== undefined && { expires_at: expiresAt }) }
  }
  return { ...viewOfRow(row), ...view }
}

/** A session that is alive, by its row alone. */
export function viewOfRow(row: SessionRow): SessionView {
  const { id, user_id, created_at, last_active_at, absolute_expires_at: expires_at } = row
  const uses = usesOf(row)
  return {
    ...{ id, user_id, status: 'active', created_at, last_active_at, expires_at, uses },
    clients: [...new Set(uses.map(({ client }) => client))],
    organizations: [...new Set(uses.flatMap(({ organization }) => organization ?? []))],
    ...(row.idle_ms !== null && { idle_expires_at: last_active_at + row.idle_ms }),
    ...(row.device !== null && { device: Device.parse(JSON.parse(row.device)) }),
  }
}

/** The organizations that users act in, oldest membership first. */
export function activeMemberships(db: Kysely<Schema>, environment: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select(['memberships.user_id', 'memberships.organization_id'])
    .where('organizations.environment_id', '=', environment)
    .where('memberships.status', '=', 'ACTIVE')
    .orderBy('memberships.created_at')
    .orderBy('memberships.organization_id')
    .execute()
}
