import * as z from 'zod'
import {
  directoryGroupId,
  directoryId,
  environmentId,
  nextPageToken,
  organizationId,
  pageToken,
} from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { time, toTime } from '../times.js'
import { directoryPageSize } from './directory-page.js'

export default defineTool({
  name: 'list_directory_users',
  title: 'List directory users',
  description: 'List the users that a directory has sent, with their groups.',
  toolset: 'directories',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    organizationId,
    directoryId,
    groupId: directoryGroupId.optional().describe('Only members of this group.'),
    pageSize: directoryPageSize,
    pageToken,
  }),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        email: z.string(),
        name: z.string().optional(),
        username: z.string().optional(),
        groups: z.array(z.object({ id: z.string(), name: z.string() })),
        updatedAt: time,
      }),
    ),
    nextPageToken,
  }),
  async run({ environmentId, groupId, ...page }, { scalekit }) {
    const answer = await scalekit
      .directories(environmentId)
      .listDirectoryUsers({ ...page, directoryGroupId: groupId })
    return {
      items: answer.users.map((user) => ({
        id: user.id,
        email: user.email,
        name: [user.givenName, user.familyName].filter(Boolean).join(' ') || undefined,
        username: user.preferredUsername || undefined,
        groups: user.groups.map((group) => ({ id: group.id, name: group.displayName })),
        updatedAt: toTime(user.updatedAt),
      })),
      nextPageToken: answer.nextPageToken || undefined,
    }
  },
})
