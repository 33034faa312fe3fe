import { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../errors.js'
import type { Revealed } from '../tool.js'
import { time, toTime } from './times.js'

/** A secret of a client, without its value. */
export const clientSecretFields = z.object({
  id: z.string(),
  suffix: z.string().describe('Its last characters.'),
  status: z.string().describe('ACTIVE or INACTIVE.'),
  createdAt: time,
  expiresAt: time,
  lastUsedAt: time,
})

/** Field by field: a plain secret of the API's message has no way out. */
export function toClientSecret(secret: clients.ClientSecret): z.output<typeof clientSecretFields> {
  return {
    id: secret.id,
    suffix: secret.secretSuffix,
    status: clients.ClientSecretStatus[secret.status] ?? 'UNKNOWN',
    createdAt: toTime(secret.createTime),
    expiresAt: toTime(secret.expireTime),
    lastUsedAt: toTime(secret.lastUsedTime),
  }
}

/** What a person pastes where a machine gets its tokens. */
export interface MachineCredentials {
  readonly tokenUrl: string
  readonly clientId: string
  readonly secret: string
}

/** @throws ToolError `internal` where the API did not show the secret */
export function revealMachineCredentials({ tokenUrl, clientId, secret }: MachineCredentials): Revealed[] {
  if (!secret) throw new ToolError('internal', 'Scalekit did not return the secret.')
  return [
    { label: 'Token URL', value: tokenUrl },
    { label: 'Client ID', value: clientId },
    { label: 'Client secret', value: secret },
  ]
}
