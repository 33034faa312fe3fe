import * as z from 'zod'
import { environmentId, nextPageToken, pageSize, pageToken, searchQuery } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationFields, toOrganization } from './organization.js'

/** The most that a search gives at once. */
const SEARCH_PAGE = 30

export default defineTool({
  name: 'list_organizations',
  title: 'List organizations',
  description:
    'List the organizations (your customers) in an environment, or search them by name, external id, slug or id.',
  toolset: 'organizations',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    query: searchQuery.optional().describe('Part of the name, external id, slug or id; pages of at most 30.'),
    pageSize,
    pageToken,
  }),
  output: z.object({ items: z.array(organizationFields), nextPageToken }),
  async run({ environmentId, query, pageSize, pageToken }, { scalekit }) {
    const client = scalekit.organizations(environmentId)
    const page = await (query === undefined
      ? client.listOrganization({ pageSize, pageToken })
      : client.searchOrganization({ query, pageSize: Math.min(pageSize, SEARCH_PAGE), pageToken }))
    return { items: page.organizations.map(toOrganization), nextPageToken: page.nextPageToken || undefined }
  },
})
