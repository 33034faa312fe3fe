import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { revealMachineCredentials } from '../client-secret.js'
import { environmentUrl } from '../environment-url.js'
import { organizationClientFields, toOrganizationClient } from './organization-client.js'
import { clientChanges, organizationClientSettings } from './organization-client-input.js'

export default defineTool({
  name: 'create_organization_client',
  title: 'Create organization client',
  description:
    "Create a client with which an organization's machines get tokens (client credentials). A person gets its id, secret and token URL.",
  toolset: 'clients',
  scopes: ['organization:write'],
  effect: 'create',
  reveals: { kind: 'secret', message: 'Credentials of the new client. The secret is shown this once.' },
  input: z.object({ environmentId, organizationId, ...organizationClientSettings }),
  output: z.object({ client: organizationClientFields, tokenUrl: z.string() }),
  target: async (args) => ({ name: args.name, changes: clientChanges(args) }),
  async run({ environmentId, organizationId, accessTokenSeconds, ...settings }, context) {
    const tokenUrl = `${await environmentUrl(context, environmentId)}/oauth/token`
    const clients = context.scalekit.clients(environmentId)
    const { client, plainSecret } = await clients.createOrganizationClient({
      organizationId,
      client: {
        ...settings,
        ...(accessTokenSeconds !== undefined && { expiry: BigInt(accessTokenSeconds) }),
      },
    })
    if (!client) throw new ToolError('internal', 'Scalekit did not return the client.')
    return {
      client: toOrganizationClient(client),
      tokenUrl,
      revealed: revealMachineCredentials({ tokenUrl, clientId: client.clientId, secret: plainSecret }),
    }
  },
})
