import type { sessions } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'
import { time, toTime } from '../times.js'

/** A session, as results give it. */
export const sessionFields = z.object({
  id: z.string(),
  userId: z.string(),
  organizationId: z.string().optional(),
  status: z.string().describe('active, expired, revoked or logout.'),
  clientIds: z.array(z.string()).describe('The applications that it is signed in to.'),
  device: z
    .object({
      browser: z.string().optional(),
      os: z.string().optional(),
      type: z.string().optional(),
      ip: z.string().optional(),
      city: z.string().optional(),
      region: z.string().optional(),
    })
    .optional(),
  createdAt: time,
  lastActiveAt: time,
  expiresAt: time,
  endedAt: time,
})

export function toSession(session: sessions.SessionDetails): z.output<typeof sessionFields> {
  return {
    id: session.sessionId,
    userId: session.userId,
    organizationId: session.organizationId || undefined,
    status: session.status.toLowerCase(),
    clientIds: session.authenticatedClients.map(({ clientId }) => clientId),
    device: session.device && toDevice(session.device),
    createdAt: toTime(session.createdAt),
    lastActiveAt: toTime(session.lastActiveAt),
    expiresAt: toTime(session.absoluteExpiresAt),
    endedAt: toTime(session.logoutAt ?? session.expiredAt),
  }
}

function toDevice({ browser, os, deviceType, ip, location }: sessions.DeviceDetails) {
  return {
    browser: browser || undefined,
    os: os || undefined,
    type: deviceType || undefined,
    ip: ip || undefined,
    city: location?.city || undefined,
    region: location?.region || undefined,
  }
}

/** @throws ToolError `not_found` */
export async function readSession(
  scalekit: ToolContext['scalekit'],
  { environmentId, sessionId }: Record<'environmentId' | 'sessionId', string>,
): Promise<sessions.SessionDetails> {
  const session = await scalekit.sessions(environmentId).getSession({ sessionId })
  if (session.sessionId !== sessionId) throw new ToolError('not_found', 'Scalekit has no such session.')
  return session
}

/** What a confirmation about sessions names: whose they are. */
export async function userEmail(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  userId: string,
): Promise<string> {
  const { user } = await scalekit.users(environmentId).getUser({ identities: { case: 'id', value: userId } })
  if (!user) throw new ToolError('not_found', 'Scalekit has no such user.')
  return user.email
}
