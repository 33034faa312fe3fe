import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { permissionDescription, permissionFields, permissionName, toPermission } from './permission.js'

export default defineTool({
  name: 'update_permission',
  title: 'Update permission',
  description: 'Change the description of a permission. Its name stays.',
  toolset: 'permissions',
  scopes: ['environment:write'],
  effect: 'update',
  unconfirmed: 'Only the description changes.',
  input: z.object({ environmentId, name: permissionName, description: permissionDescription }),
  output: z.object({ permission: permissionFields }),
  async run({ environmentId, name, description }, { scalekit }) {
    const { permission } = await scalekit
      .roles(environmentId)
      .updatePermission({ permissionName: name, permission: { name, description } })
    if (!permission) throw new ToolError('internal', 'Scalekit did not return the permission.')
    return { permission: toPermission(permission) }
  },
})
