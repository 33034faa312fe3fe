import * as z from 'zod'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { readSessionPolicy, sessionPolicyFields } from './session-policy.js'

export default defineTool({
  name: 'get_session_policy',
  title: 'Get session policy',
  description:
    'Get how long the sessions of an organization last: its own policy, that of the environment, and what new sessions get of both. The policy of the environment is changed in the Scalekit dashboard.',
  toolset: 'organizations',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, organizationId }),
  output: z.object({ policy: sessionPolicyFields }),
  async run(args, { scalekit }) {
    return { policy: await readSessionPolicy(scalekit, args) }
  },
})
