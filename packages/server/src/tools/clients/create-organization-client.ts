import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'
import { organizationClientFields, toOrganizationClient } from './organization-client.js'
import { clientChanges, organizationClientSettings } from './organization-client-input.js'

/** The API makes a secret with every client and shows it once: to nobody here, since a result is kept in transcripts. */
const nextStep =
  'Nobody has seen the secret that Scalekit made with this client. A person makes one to use in the Scalekit dashboard; then take the first away with remove_client_secret.'

export default defineTool({
  name: 'create_organization_client',
  title: 'Create organization client',
  description:
    "Create a client with which an organization's machines get tokens (client credentials). A person creates its secret in the Scalekit dashboard.",
  toolset: 'clients',
  scopes: ['organization:write'],
  effect: 'create',
  input: z.object({ environmentId, organizationId, ...organizationClientSettings }),
  output: z.object({ client: organizationClientFields, nextStep: z.string() }),
  async target(args, context) {
    const { id, name } = await organizationTarget(args, context)
    return { name: args.name, changes: { Organization: `${name} (${id})`, ...clientChanges(args) } }
  },
  async run({ environmentId, organizationId, accessTokenSeconds, ...settings }, { scalekit }) {
    const { client } = await scalekit.clients(environmentId).createOrganizationClient({
      organizationId,
      client: {
        ...settings,
        ...(accessTokenSeconds !== undefined && { expiry: BigInt(accessTokenSeconds) }),
      },
    })
    if (!client) throw new ToolError('internal', 'Scalekit did not return the client.')
    return { client: toOrganizationClient(client), nextStep }
  },
})
