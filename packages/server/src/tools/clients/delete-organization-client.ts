import * as z from 'zod'
import { environmentId, organizationClientId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { readOrganizationClient } from './organization-client.js'

export default defineTool({
  name: 'delete_organization_client',
  title: 'Delete organization client',
  description:
    "Delete a client of an organization's machines with all its secrets. What uses it gets no more tokens.",
  toolset: 'clients',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({ environmentId, organizationId, clientId: organizationClientId }),
  output: z.object({ deleted: z.boolean() }),
  async target(args, { scalekit }) {
    const { clientId, name } = await readOrganizationClient(scalekit, args)
    return { id: clientId, name: name || clientId }
  },
  async run({ environmentId, organizationId, clientId }, { scalekit }) {
    await scalekit.clients(environmentId).deleteOrganizationClient({ organizationId, clientId })
    return { deleted: true }
  },
})
