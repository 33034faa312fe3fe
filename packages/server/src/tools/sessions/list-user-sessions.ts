import * as z from 'zod'
import { environmentId, nextPageToken, pageSize, pageToken, userId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { sessionFields, toSession } from './session.js'

export default defineTool({
  name: 'list_user_sessions',
  title: 'List user sessions',
  description: 'List the sessions of a user with their state, device and applications.',
  toolset: 'sessions',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    userId,
    status: z.enum(['active', 'expired', 'revoked', 'logout']).optional().describe('Only this state.'),
    pageSize,
    pageToken,
  }),
  output: z.object({ items: z.array(sessionFields), nextPageToken }),
  async run({ environmentId, userId, status, pageSize, pageToken }, { scalekit }) {
    const page = await scalekit.sessions(environmentId).getUserSessions({
      userId,
      pageSize,
      pageToken,
      ...(status && { filter: { status: [status] } }),
    })
    return { items: page.sessions.map(toSession), nextPageToken: page.nextPageToken || undefined }
  },
})
