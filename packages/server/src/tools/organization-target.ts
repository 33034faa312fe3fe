import type { organizations } from '@scalekit-mcp/api'
import { ToolError } from '../errors.js'
import type { Target, ToolContext } from '../tool.js'

/**
 * What a person confirms about an organization: they type its name.
 *
 * @throws ToolError `not_found`
 */
export async function organizationTarget(
  which: WhichOrganization,
  { scalekit }: ToolContext,
  changes: Target['changes'] = {},
): Promise<Target> {
  const { id, displayName } = await readOrganization(scalekit, which)
  return { id, name: displayName, changes }
}

interface WhichOrganization {
  readonly environmentId: string
  readonly organizationId: string
}

/** @throws ToolError `not_found` */
export async function readOrganization(
  scalekit: ToolContext['scalekit'],
  { environmentId, organizationId }: WhichOrganization,
): Promise<organizations.Organization> {
  const { organization } = await scalekit
    .organizations(environmentId)
    .getOrganization({ identities: { case: 'id', value: organizationId } })
  if (!organization) throw new ToolError('not_found', 'Scalekit has no such organization.')
  return organization
}
