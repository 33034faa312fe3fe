import * as z from 'zod'
import { environmentId, nextPageToken, pageSize, pageToken, searchQuery } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { environmentUserFields, toEnvironmentUser } from './user.js'

/** The most that a search gives at once. */
export const SEARCH_PAGE = 30

export default defineTool({
  name: 'list_users',
  title: 'List users',
  description:
    'List the users of an environment with their organizations, or search them by e-mail address, name, external id or id. For pending invitations use list_invitations.',
  toolset: 'users',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    query: searchQuery
      .optional()
      .describe('Part of the e-mail address, name, external id or id; pages of at most 30.'),
    pageSize,
    pageToken,
  }),
  output: z.object({ items: z.array(environmentUserFields), nextPageToken }),
  async run({ environmentId, query, pageSize, pageToken }, { scalekit }) {
    const client = scalekit.users(environmentId)
    const page = await (query === undefined
      ? client.listUsers({ pageSize, pageToken })
      : client.searchUsers({ query, pageSize: Math.min(pageSize, SEARCH_PAGE), pageToken }))
    return { items: page.users.map(toEnvironmentUser), nextPageToken: page.nextPageToken || undefined }
  },
})
