import { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { allClients } from '../all-clients.js'
import { time, toTime } from '../times.js'

const credentials = z.object({
  clientId: z.string(),
  name: z.string().optional(),
  type: z.string().describe('ENV: the environment itself; WEB_APP, SPA, NTV: an app.'),
  secrets: z.array(
    z.object({
      id: z.string(),
      suffix: z.string(),
      status: z.string(),
      createdAt: time,
      expiresAt: time,
      lastUsedAt: time,
    }),
  ),
})

export default defineTool({
  name: 'get_environment_credentials',
  title: 'Get environment credentials',
  description:
    'Get the client ids of an environment and, of their secrets, the suffix, status and age. Secrets themselves are shown once, when a person creates them in the dashboard.',
  toolset: 'environments',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({ environmentId }),
  output: z.object({ items: z.array(credentials) }),
  async run({ environmentId }, { scalekit }) {
    return { items: (await allClients(scalekit, environmentId)).map(toCredentials) }
  },
})

/** Field by field: a plain secret of the API's message has no way out. */
function toCredentials(client: clients.Client): z.output<typeof credentials> {
  return {
    clientId: client.id,
    name: client.name || undefined,
    type: client.clientType,
    secrets: client.secrets.map((secret) => ({
      id: secret.id,
      suffix: secret.secretSuffix,
      status: clients.ClientSecretStatus[secret.status] ?? 'UNKNOWN',
      createdAt: toTime(secret.createTime),
      expiresAt: toTime(secret.expireTime),
      lastUsedAt: toTime(secret.lastUsedTime),
    })),
  }
}
