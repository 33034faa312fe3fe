import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'

/** @throws ToolError `not_found` */
export async function readRoleId(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  roleName: string,
): Promise<string> {
  const { role } = await scalekit.roles(environmentId).getRole({ roleName })
  if (!role) throw new ToolError('not_found', 'Scalekit has no such role.')
  return role.id
}
