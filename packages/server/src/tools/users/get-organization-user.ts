import * as z from 'zod'
import { environmentId, organizationId, userId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { readUser } from './read-user.js'
import { toUser, userFields } from './user.js'

export default defineTool({
  name: 'get_organization_user',
  title: 'Get organization user',
  description: 'Get one user as one organization sees them: profile, roles, status, last sign-in.',
  toolset: 'users',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, organizationId, userId }),
  output: z.object({ user: userFields }),
  async run(args, { scalekit }) {
    return { user: toUser(await readUser(scalekit, args), args.organizationId) }
  },
})
