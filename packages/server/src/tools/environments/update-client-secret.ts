import { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { clientId, environmentId, secretId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { clientSecretFields, toClientSecret } from '../client-secret.js'
import { readClient } from '../find-client.js'

const { ACTIVE, INACTIVE } = clients.ClientSecretStatus

export default defineTool({
  name: 'update_client_secret',
  title: 'Update client secret',
  description:
    'Disable a secret of a client of an environment, after a rotation or when it has leaked, or enable it again. What uses a disabled secret gets no more tokens.',
  toolset: 'environments',
  scopes: ['environment:write'],
  effect: 'update',
  input: z.object({
    environmentId,
    clientId,
    secretId,
    enabled: z.boolean().describe('false disables it.'),
  }),
  output: z.object({ secret: clientSecretFields }),
  async target({ environmentId, clientId, secretId, enabled }, { scalekit }) {
    const { id, name, secrets } = await readClient(scalekit, environmentId, clientId)
    const secret = secrets.find((each) => each.id === secretId)
    if (!secret) {
      throw new ToolError('not_found', 'The client has no such secret.', {
        nextStep: 'Check the id with get_environment_credentials.',
      })
    }
    const which = `${secret.id}, ends in ${secret.secretSuffix}`
    const isSame = secret.status === (enabled ? ACTIVE : INACTIVE)
    const already = isSame ? { secret: toClientSecret(secret) } : undefined
    return { id, name: name || id, changes: { Secret: which, Enabled: enabled }, already }
  },
  async run({ environmentId, clientId, secretId, enabled }, { scalekit }) {
    const { secret } = await scalekit.clients(environmentId).updateClientSecret({
      clientId,
      secretId,
      secret: { status: enabled ? ACTIVE : INACTIVE },
      // ACTIVE is 0, which no encoding tells from an absent status: only a mask does.
      mask: { paths: ['status'] },
    })
    if (!secret) throw new ToolError('internal', 'Scalekit did not return the secret.')
    return { secret: toClientSecret(secret) }
  },
})
