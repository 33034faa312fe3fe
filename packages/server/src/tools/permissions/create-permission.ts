import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { permissionDescription, permissionFields, permissionName, toPermission } from './permission.js'

export default defineTool({
  name: 'create_permission',
  title: 'Create permission',
  description:
    'Create a permission. It does nothing until a role has it (add_permissions_to_role) and the application asks for it.',
  toolset: 'permissions',
  scopes: ['environment:write'],
  effect: 'create',
  unconfirmed: 'A permission allows nothing until a role has it.',
  input: z.object({
    environmentId,
    name: permissionName.describe(
      'Letters, digits, _ and :, like projects:read. It cannot be changed later.',
    ),
    description: permissionDescription,
  }),
  output: z.object({ permission: permissionFields }),
  async existing({ environmentId, name }, { scalekit }) {
    const { permission } = await scalekit.roles(environmentId).getPermission({ permissionName: name })
    return permission?.id
  },
  async run({ environmentId, name, description }, { scalekit }) {
    const { permission } = await scalekit
      .roles(environmentId)
      .createPermission({ permission: { name, description } })
    if (!permission) throw new ToolError('internal', 'Scalekit did not return the permission.')
    return { permission: toPermission(permission) }
  },
})
