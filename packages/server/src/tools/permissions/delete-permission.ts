import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { keepAdministratorPermission } from '../own-access.js'
import { permissionName } from './permission.js'

export default defineTool({
  name: 'delete_permission',
  title: 'Delete permission',
  description: 'Delete a permission. All roles, and their users, lose it.',
  toolset: 'permissions',
  scopes: ['environment:write'],
  effect: 'delete',
  input: z.object({ environmentId, name: permissionName }),
  output: z.object({ deleted: z.boolean() }),
  check: ({ name }, facts) => keepAdministratorPermission([name], facts),
  async target({ environmentId, name }, { scalekit }) {
    const { permission } = await scalekit.roles(environmentId).getPermission({ permissionName: name })
    if (!permission) throw new ToolError('not_found', 'Scalekit has no such permission.')
    return { id: permission.id, name: permission.name }
  },
  async run({ environmentId, name }, { scalekit }) {
    await scalekit.roles(environmentId).deletePermission({ permissionName: name })
    return { deleted: true }
  },
})
