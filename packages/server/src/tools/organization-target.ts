import { ToolError } from '../errors.js'
import type { Target, ToolContext } from '../tool.js'

/**
 * What a person confirms about an organization: they type its name.
 *
 * @throws ToolError `not_found`
 */
export async function organizationTarget(
  { environmentId, organizationId }: { readonly environmentId: string; readonly organizationId: string },
  { scalekit }: ToolContext,
  changes: Target['changes'] = {},
): Promise<Target> {
  const { organization } = await scalekit
    .organizations(environmentId)
    .getOrganization({ identities: { case: 'id', value: organizationId } })
  if (!organization) throw new ToolError('not_found', 'Scalekit has no such organization.')
  return { id: organization.id, name: organization.displayName, changes }
}
