import * as z from 'zod'
import { directoryId, environmentId, nextPageToken, organizationId, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { time, toTime } from '../times.js'
import { directoryPageSize } from './directory-page.js'

export default defineTool({
  name: 'list_directory_groups',
  title: 'List directory groups',
  description:
    'List the groups that a directory has sent, with the number of users. Their roles are in get_directory.',
  toolset: 'directories',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, organizationId, directoryId, pageSize: directoryPageSize, pageToken }),
  output: z.object({
    items: z.array(z.object({ id: z.string(), name: z.string(), users: z.number(), updatedAt: time })),
    nextPageToken,
  }),
  async run({ environmentId, ...page }, { scalekit }) {
    const answer = await scalekit.directories(environmentId).listDirectoryGroups(page)
    return {
      items: answer.groups.map((group) => ({
        id: group.id,
        name: group.displayName,
        users: group.totalUsers,
        updatedAt: toTime(group.updatedAt),
      })),
      nextPageToken: answer.nextPageToken || undefined,
    }
  },
})
