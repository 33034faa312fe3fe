import * as z from 'zod'
import { environmentId, nextPageToken, organizationId, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { toUser, userFields } from './user.js'

export default defineTool({
  name: 'list_organization_users',
  title: 'List organization users',
  description:
    'List the users of one organization with their roles and status, such as a pending invitation.',
  toolset: 'users',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, organizationId, pageSize, pageToken }),
  output: z.object({ items: z.array(userFields), nextPageToken }),
  async run({ environmentId, organizationId, pageSize, pageToken }, { scalekit }) {
    const page = await scalekit
      .users(environmentId)
      .listOrganizationUsers({ organizationId, pageSize, pageToken })
    return {
      items: page.users.map((user) => toUser(user, organizationId)),
      nextPageToken: page.nextPageToken || undefined,
    }
  },
})
