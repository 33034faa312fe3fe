import * as z from 'zod'
import { environmentId, sessionId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { readSession, userEmail } from './session.js'

export default defineTool({
  name: 'remove_session',
  title: 'End session',
  description:
    'End one session of a user, with its refresh tokens. Access tokens are valid until they expire.',
  toolset: 'sessions',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({ environmentId, sessionId }),
  output: z.object({ removed: z.boolean() }),
  async target(args, { scalekit }) {
    const { sessionId, userId } = await readSession(scalekit, args)
    const name = await userEmail(scalekit, args.environmentId, userId)
    return { id: sessionId, name }
  },
  async run({ environmentId, sessionId }, { scalekit }) {
    await scalekit.sessions(environmentId).revokeSession({ sessionId })
    return { removed: true }
  },
})
