import type { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { allClients } from '../all-clients.js'
import { clientSecretFields, toClientSecret } from '../client-secret.js'

const credentials = z.object({
  clientId: z.string(),
  name: z.string().optional(),
  type: z.string().describe('ENV: the environment itself; WEB_APP, SPA, NTV: an app.'),
  secrets: z.array(clientSecretFields),
})

export default defineTool({
  name: 'get_environment_credentials',
  title: 'Get environment credentials',
  description:
    'Get the client ids of an environment and, of their secrets, the suffix, status and age. A secret itself is shown once, when it is created: rotate_client_secret gives a person a new one, with the lines of a .env file.',
  toolset: 'environments',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({ environmentId }),
  output: z.object({ items: z.array(credentials) }),
  async run({ environmentId }, { scalekit }) {
    return { items: (await allClients(scalekit, environmentId)).map(toCredentials) }
  },
})

function toCredentials(client: clients.Client): z.output<typeof credentials> {
  return {
    clientId: client.id,
    name: client.name || undefined,
    type: client.clientType,
    secrets: client.secrets.map(toClientSecret),
  }
}
