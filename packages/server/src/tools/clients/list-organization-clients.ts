import * as z from 'zod'
import {
  environmentId,
  nextPageToken,
  organizationId,
  pageSizeBetween,
  pageToken,
} from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationClientFields, toOrganizationClient } from './organization-client.js'

export default defineTool({
  name: 'list_organization_clients',
  title: 'List organization clients',
  description:
    "List the clients with which an organization's machines get tokens (client credentials), with the age and last use of their secrets.",
  toolset: 'clients',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    organizationId,
    // The API takes no fewer than 10.
    pageSize: pageSizeBetween(10, 100).describe('Items per page, at least 10.'),
    pageToken,
  }),
  output: z.object({ items: z.array(organizationClientFields), nextPageToken }),
  async run({ environmentId, ...page }, { scalekit }) {
    const answer = await scalekit.clients(environmentId).listOrganizationClients(page)
    return {
      items: answer.clients.map(toOrganizationClient),
      nextPageToken: answer.nextPageToken || undefined,
    }
  },
})
