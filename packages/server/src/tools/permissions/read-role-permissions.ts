import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'

/** The id of a role and its own permissions. @throws ToolError `not_found` */
export async function readRolePermissions(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  roleName: string,
): Promise<{ readonly id: string; readonly permissions: string[] }> {
  const { role } = await scalekit.roles(environmentId).getRole({ roleName, include: 'permissions' })
  if (!role) throw new ToolError('not_found', 'Scalekit has no such role.')
  return { id: role.id, permissions: role.permissions.map(({ name }) => name) }
}
