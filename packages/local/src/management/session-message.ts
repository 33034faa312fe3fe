import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { sessions } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { EndedSessionRow } from '../engine/registry-schema.js'
import type { MembershipRow, Schema } from '../engine/schema.js'
import type { LiveSession } from './session-records.js'

/** A session as it is shown: alive, or as it was when it was revoked. Times are milliseconds. */
export const SessionView = z.object({
  id: z.string(),
  user_id: z.string(),
  status: z.enum(['ACTIVE', 'REVOKED']),
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
    status: 'ACTIVE',
    organizations: memberships
      .filter(({ user_id }) => user_id === session.userId)
      .map(({ organization_id }) => organization_id),
    clients: [...session.clients],
    created_at: session.createdAt,
    ...(session.expiresAt !== undefined && { expires_at: session.expiresAt }),
  }
}

export function endedView(row: EndedSessionRow): SessionView {
  return SessionView.parse(JSON.parse(row.data))
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

export function toSession(view: SessionView): MessageInitShape<typeof sessions.SessionDetailsSchema> {
  const [organization = ''] = view.organizations
  return {
    ...shared(view),
    organizationId: organization,
    authenticatedOrganizations: organization === '' ? [] : [organization],
    authenticatedClients: view.clients.map((clientId) => ({ clientId, organizationId: organization })),
  }
}

export function toRevokedSession(
  view: SessionView,
): MessageInitShape<typeof sessions.RevokedSessionDetailsSchema> {
  return shared(view)
}

function shared(view: SessionView) {
  const ended = view.ended_at === undefined ? undefined : timestampFromMs(view.ended_at)
  return {
    sessionId: view.id,
    userId: view.user_id,
    status: view.status,
    createdAt: timestampFromMs(view.created_at),
    updatedAt: ended ?? timestampFromMs(view.created_at),
    ...(view.expires_at !== undefined && { absoluteExpiresAt: timestampFromMs(view.expires_at) }),
    ...(ended && { expiredAt: ended }),
  }
}
