import * as z from 'zod'
import { environmentId, organizationClientId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import {
  organizationClientFields,
  readOrganizationClient,
  toOrganizationClient,
} from './organization-client.js'

export default defineTool({
  name: 'get_organization_client',
  title: 'Get organization client',
  description:
    "Get one client of an organization's machines: what its tokens allow, and the status, age and last use of its secrets.",
  toolset: 'clients',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, organizationId, clientId: organizationClientId }),
  output: z.object({ client: organizationClientFields }),
  async run(args, { scalekit }) {
    return { client: toOrganizationClient(await readOrganizationClient(scalekit, args)) }
  },
})
