import * as z from 'zod'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { roleFields, toRole } from './role.js'

export default defineTool({
  name: 'list_environment_roles',
  title: 'List environment roles',
  description:
    'List the roles that users of organizations can have, with their permissions, and which are the defaults.',
  toolset: 'environments',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({ environmentId }),
  output: z.object({ items: z.array(roleFields) }),
  async run({ environmentId }, { scalekit }) {
    const { roles } = await scalekit.roles(environmentId).listRoles({ include: 'permissions' })
    return { items: roles.map(toRole) }
  },
})
