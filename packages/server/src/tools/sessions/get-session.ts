import * as z from 'zod'
import { environmentId, sessionId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { readSession, sessionFields, toSession } from './session.js'

export default defineTool({
  name: 'get_session',
  title: 'Get session',
  description: 'Get one session: whose it is, its state, device and applications.',
  toolset: 'sessions',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, sessionId }),
  output: z.object({ session: sessionFields }),
  async run(args, { scalekit }) {
    return { session: toSession(await readSession(scalekit, args)) }
  },
})
