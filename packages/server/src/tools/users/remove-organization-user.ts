import * as z from 'zod'
import { toToolError } from '../../errors.js'
import { environmentId, organizationId, userId } from '../../input-fields.js'
import { defineTool, type ToolContext } from '../../tool.js'
import { keepOwnMembership } from '../own-access.js'
import { readUser } from './read-user.js'

export default defineTool({
  name: 'remove_organization_user',
  title: 'Remove organization user',
  description:
    'Remove a user from one organization, with the roles and sessions there. A user without another organization is deleted, which the result says.',
  toolset: 'users',
  scopes: ['organization:write'],
  effect: 'delete',
  input: z.object({ environmentId, organizationId, userId }),
  output: z.object({
    removed: z.boolean(),
    userDeleted: z.boolean().optional().describe('Whether the user is gone too; absent: unknown.'),
    otherOrganizations: z.number().describe('In how many others the user is.'),
  }),
  check: keepOwnMembership,
  async target(args, { scalekit }) {
    const { id, email, memberships } = await readUser(scalekit, args)
    return {
      id,
      name: email,
      changes: {
        'Other organizations':
          memberships.length === 1 ? 'none: the user is deleted' : memberships.length - 1,
      },
    }
  },
  async run(args, { scalekit }) {
    const { environmentId, organizationId, userId } = args
    const { memberships } = await readUser(scalekit, args)
    await scalekit
      .users(environmentId)
      .deleteMembership({ organizationId, identities: { case: 'id', value: userId } })
    return {
      removed: true,
      userDeleted: await isGone(scalekit, environmentId, userId),
      otherOrganizations: memberships.length - 1,
    }
  },
})

/** The removal is done: a read that fails leaves open what else it did. */
function isGone(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  userId: string,
): Promise<boolean | undefined> {
  return scalekit
    .users(environmentId)
    .getUser({ identities: { case: 'id', value: userId } })
    .then(
      () => false,
      (error: unknown) => (toToolError(error).code === 'not_found' ? true : undefined),
    )
}
