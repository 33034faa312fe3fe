import * as z from 'zod'
import { environmentId, roleName } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { requireNames } from '../missing-name.js'
import { defaultFields, setDefaults } from './default-role.js'
import {
  description,
  displayName,
  permissions,
  readRole,
  requireOtherRole,
  roleChanges,
  roleFields,
} from './role.js'

export default defineTool({
  name: 'create_environment_role',
  title: 'Create environment role',
  description:
    'Create a role for users of organizations. Permissions must exist: list_environment_roles names those that roles have, list_permissions (toolset permissions) all.',
  toolset: 'environments',
  scopes: ['environment:write'],
  effect: 'create',
  aliases: { roleName: 'name', roleDisplayName: 'displayName', isDefault: 'isDefaultForMembers' },
  input: z.object({
    environmentId,
    name: roleName.describe('Letters, digits and _; it cannot be changed later.'),
    displayName,
    description: description.optional(),
    permissions: permissions.optional().describe('Names of permissions, like projects:read.'),
    extends: roleName.optional().describe('Role whose permissions it also has.'),
    ...defaultFields,
  }),
  output: z.object({ role: roleFields }),
  check: (args) => requireOtherRole(args.name, 'extends', args.extends),
  async target(args, context) {
    await requireNames(args, context)
    return { name: args.name, changes: roleChanges(args) }
  },
  existing: async ({ environmentId, name }, { scalekit }) =>
    (await readRole(scalekit, environmentId, name)).id,
  async run(args, { scalekit }) {
    const { environmentId, name } = args
    await scalekit.roles(environmentId).createRole({
      role: {
        name,
        displayName: args.displayName,
        description: args.description,
        permissions: args.permissions,
        extends: args.extends,
      },
    })
    await setDefaults(scalekit, environmentId, name, args)
    return { role: await readRole(scalekit, environmentId, name) }
  },
})
