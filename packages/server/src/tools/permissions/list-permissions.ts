import * as z from 'zod'
import { environmentId, nextPageToken, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { permissionFields, toPermission } from './permission.js'

export default defineTool({
  name: 'list_permissions',
  title: 'List permissions',
  description:
    'List the permissions of which roles are made. Which role has which is in list_environment_roles.',
  toolset: 'permissions',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({ environmentId, pageSize, pageToken }),
  output: z.object({ items: z.array(permissionFields), nextPageToken }),
  async run({ environmentId, pageSize, pageToken }, { scalekit }) {
    const page = await scalekit.roles(environmentId).listPermissions({ pageSize, pageToken })
    return { items: page.permissions.map(toPermission), nextPageToken: page.nextPageToken || undefined }
  },
})
