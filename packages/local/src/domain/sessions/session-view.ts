import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { MembershipRow, Schema } from '../../storage/schema.js'
import type { LiveSession } from './live-sessions.js'

/** How a session ended: somebody ended it, or its user signed out. */
export type SessionEnd = 'revoked' | 'logout'

/** A session as it is shown: alive, or as it was when it ended. Times are milliseconds. */
export const SessionView = z.object({
  id: z.string(),
  user_id: z.string(),
  // Data of earlier versions has upper case.
  status: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['active', 'revoked', 'logout'])),
  organizations: z.array(z.string()),
  clients: z.array(z.string()),
  created_at: z.number(),
  expires_at: z.number().optional(),
  ended_at: z.number().optional(),
})
export type SessionView = z.infer<typeof SessionView>

export function viewOf(
  session: LiveSession,
  memberships: readonly Pick<MembershipRow, 'user_id' | 'organization_id'>[],
): SessionView {
  return {
    id: session.id,
    user_id: session.userId,
    status: 'active',
    organizations: memberships
      .filter(({ user_id }) => user_id === session.userId)
      .map(({ organization_id }) => organization_id),
    clients: [...session.clients],
    created_at: session.createdAt,
    ...(session.expiresAt !== undefined && { expires_at: session.expiresAt }),
  }
}

/** The organizations that users act in, oldest membership first: a session is for the first of them. */
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
