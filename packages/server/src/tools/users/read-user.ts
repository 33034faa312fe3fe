import type { users } from '@scalekit-mcp/api'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'

/**
 * Reads a user of an organization. The API finds users in the whole environment; one of another organization
 * is not there for a call that names this one.
 *
 * @throws ToolError `not_found`
 */
export async function readUser(
  scalekit: ToolContext['scalekit'],
  { environmentId, organizationId, userId }: Record<'environmentId' | 'organizationId' | 'userId', string>,
): Promise<users.User> {
  const { user } = await scalekit.users(environmentId).getUser({ identities: { case: 'id', value: userId } })
  if (user?.memberships.some((each) => each.organizationId === organizationId)) return user
  throw new ToolError('not_found', 'The organization has no such user.', {
    nextStep: 'Check the id with list_organization_users.',
  })
}
