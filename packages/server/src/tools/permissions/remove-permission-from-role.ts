import * as z from 'zod'
import { environmentId, roleName } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { requireNames } from '../missing-name.js'
import { keepAdministratorPermission } from '../own-access.js'
import { permissionName } from './permission.js'
import { readRolePermissions } from './read-role-permissions.js'

export default defineTool({
  name: 'remove_permission_from_role',
  title: 'Remove permission from role',
  description:
    'Take a permission from a role. Users lose it with their next token, unless an extended role has it.',
  toolset: 'permissions',
  scopes: ['environment:write'],
  effect: 'update',
  input: z.object({ environmentId, roleName, permission: permissionName }),
  output: z.object({ roleName: z.string(), permissions: z.array(z.string()) }),
  check: ({ permission }, facts) => keepAdministratorPermission([permission], facts),
  async target(args, context) {
    await requireNames(args, context)
    const { environmentId, roleName, permission } = args
    const role = await readRolePermissions(context.scalekit, environmentId, roleName)
    const already = role.permissions.includes(permission)
      ? undefined
      : { roleName, permissions: role.permissions }
    return { id: role.id, name: roleName, changes: { 'Loses the permission': permission }, already }
  },
  async run({ environmentId, roleName, permission }, { scalekit }) {
    const roles = scalekit.roles(environmentId)
    await roles.removePermissionFromRole({ roleName, permissionName: permission })
    const { permissions } = await roles.listRolePermissions({ roleName })
    return { roleName, permissions: permissions.map(({ name }) => name) }
  },
})
