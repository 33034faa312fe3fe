import type { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'
import { clientSecretFields, toClientSecret } from '../client-secret.js'
import { time, toTime } from '../times.js'

/** A client of an organization, as results give it. */
export const organizationClientFields = z.object({
  id: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  scopes: z.array(z.string()),
  audience: z.array(z.string()).describe('For whom its tokens are.'),
  customClaims: z.array(z.object({ key: z.string(), value: z.string() })),
  accessTokenSeconds: z.number(),
  secrets: z.array(clientSecretFields),
  createdAt: time,
})

/** Field by field: a plain secret of the API's message has no way out. */
export function toOrganizationClient(client: clients.M2MClient): z.output<typeof organizationClientFields> {
  return {
    id: client.clientId,
    name: client.name || undefined,
    description: client.description || undefined,
    scopes: client.scopes,
    audience: client.audience,
    customClaims: client.customClaims.map(({ key, value }) => ({ key, value })),
    accessTokenSeconds: Number(client.expiry),
    secrets: client.secrets.map(toClientSecret),
    createdAt: toTime(client.createTime),
  }
}

/** Which client: one is only found in its own organization. */
export type WhichClient = Record<'environmentId' | 'organizationId' | 'clientId', string>

/** @throws ToolError `not_found` */
export async function readOrganizationClient(
  scalekit: ToolContext['scalekit'],
  { environmentId, organizationId, clientId }: WhichClient,
): Promise<clients.M2MClient> {
  const { client } = await scalekit.clients(environmentId).getOrganizationClient({ organizationId, clientId })
  if (!client) throw new ToolError('not_found', 'Scalekit has no such client.')
  return client
}
