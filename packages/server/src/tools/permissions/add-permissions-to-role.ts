import * as z from 'zod'
import { environmentId, roleName } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { requireNames } from '../missing-name.js'
import { permissionName } from './permission.js'
import { readRolePermissions } from './read-role-permissions.js'

export default defineTool({
  name: 'add_permissions_to_role',
  title: 'Add permissions to role',
  description:
    'Give a role more permissions; those that it has stay. Users have them from their next token on.',
  toolset: 'permissions',
  scopes: ['environment:write'],
  effect: 'update',
  input: z.object({
    environmentId,
    roleName,
    permissions: z.array(permissionName).min(1).max(100).describe('Names of permissions that exist.'),
  }),
  output: z.object({ roleName: z.string(), permissions: z.array(z.string()) }),
  async target(args, context) {
    await requireNames(args, context)
    const { environmentId, roleName, permissions } = args
    const role = await readRolePermissions(context.scalekit, environmentId, roleName)
    const hasAll = permissions.every((permission) => role.permissions.includes(permission))
    const already = hasAll ? { roleName, permissions: role.permissions } : undefined
    return { id: role.id, name: roleName, changes: { 'New permissions': permissions }, already }
  },
  async run({ environmentId, roleName, permissions }, { scalekit }) {
    const answer = await scalekit
      .roles(environmentId)
      .addPermissionsToRole({ roleName, permissionNames: permissions })
    return { roleName, permissions: answer.permissions.map(({ name }) => name) }
  },
})
