import * as z from 'zod'
import { environmentId, userId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { userEmail } from './session.js'

export default defineTool({
  name: 'remove_user_sessions',
  title: 'End all sessions of a user',
  description:
    'End all sessions of a user on all devices, with their refresh tokens. Access tokens are valid until they expire.',
  toolset: 'sessions',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({ environmentId, userId }),
  output: z.object({ removedSessions: z.number() }),
  async target({ environmentId, userId }, { scalekit }) {
    return { id: userId, name: await userEmail(scalekit, environmentId, userId) }
  },
  async run({ environmentId, userId }, { scalekit }) {
    const { totalRevoked } = await scalekit.sessions(environmentId).revokeAllUserSessions({ userId })
    return { removedSessions: totalRevoked }
  },
})
