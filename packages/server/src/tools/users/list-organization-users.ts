import * as z from 'zod'
import {
  environmentId,
  nextPageToken,
  organizationId,
  pageSize,
  pageToken,
  searchQuery,
} from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { SEARCH_PAGE } from './list-users.js'
import { toUser, userFields } from './user.js'

export default defineTool({
  name: 'list_organization_users',
  title: 'List organization users',
  description:
    'List the users of one organization with their roles and status, or search them. For pending invitations use list_invitations.',
  toolset: 'users',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    organizationId,
    query: searchQuery
      .optional()
      .describe('Part of the e-mail address, name, external id or id; pages of at most 30.'),
    pageSize,
    pageToken,
  }),
  output: z.object({ items: z.array(userFields), nextPageToken }),
  async run({ environmentId, organizationId, query, pageSize, pageToken }, { scalekit }) {
    const client = scalekit.users(environmentId)
    const search = { organizationId, pageSize: Math.min(pageSize, SEARCH_PAGE), pageToken }
    const page = await (query === undefined
      ? client.listOrganizationUsers({ organizationId, pageSize, pageToken })
      : client.searchOrganizationUsers({ ...search, query }))
    return {
      items: page.users.map((user) => toUser(user, organizationId)),
      nextPageToken: page.nextPageToken || undefined,
    }
  },
})
