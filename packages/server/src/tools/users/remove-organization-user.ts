import * as z from 'zod'
import { environmentId, organizationId, userId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'
import { readUser } from './read-user.js'

export default defineTool({
  name: 'remove_organization_user',
  title: 'Remove organization user',
  description:
    'Remove a user from one organization with the roles there. A user without another organization is deleted.',
  toolset: 'users',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({ environmentId, organizationId, userId }),
  output: z.object({ removed: z.boolean() }),
  async target(args, context) {
    const { id, email } = await readUser(context.scalekit, args)
    const organization = await organizationTarget(args, context)
    return { id, name: email, changes: { Organization: `${organization.name} (${organization.id})` } }
  },
  async run({ environmentId, organizationId, userId }, { scalekit }) {
    await scalekit
      .users(environmentId)
      .deleteMembership({ organizationId, identities: { case: 'id', value: userId } })
    return { removed: true }
  },
})
