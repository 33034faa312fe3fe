import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationClientId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { isAlready } from '../is-already.js'
import { requireChange } from '../require-change.js'
import {
  organizationClientFields,
  readOrganizationClient,
  toOrganizationClient,
} from './organization-client.js'
import { clientChanges, organizationClientSettings } from './organization-client-input.js'

export default defineTool({
  name: 'update_organization_client',
  title: 'Update organization client',
  description:
    "Change a client of an organization's machines. What is left out stays; scopes and audience, if given, replace all.",
  toolset: 'clients',
  scopes: ['organization:write'],
  effect: 'update',
  input: z.object({
    environmentId,
    organizationId,
    clientId: organizationClientId,
    ...organizationClientSettings,
    name: organizationClientSettings.name.optional(),
  }),
  output: z.object({ client: organizationClientFields }),
  check: (args) => requireChange(args, Object.keys(organizationClientSettings)),
  async target({ environmentId, organizationId, clientId, ...changes }, { scalekit }) {
    const client = await readOrganizationClient(scalekit, { environmentId, organizationId, clientId })
    const result = toOrganizationClient(client)
    return {
      id: clientId,
      name: client.name || clientId,
      changes: clientChanges(changes),
      already: isAlready(result, changes) ? { client: result } : undefined,
    }
  },
  async run({ environmentId, organizationId, clientId, ...changes }, { scalekit }) {
    const { accessTokenSeconds, ...settings } = changes
    const { client } = await scalekit.clients(environmentId).updateOrganizationClient({
      organizationId,
      clientId,
      client: {
        ...settings,
        ...(accessTokenSeconds !== undefined && { expiry: BigInt(accessTokenSeconds) }),
      },
    })
    if (!client) throw new ToolError('internal', 'Scalekit did not return the client.')
    return { client: toOrganizationClient(client) }
  },
})
