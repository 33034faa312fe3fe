import * as z from 'zod'
import { environmentId, roleName } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { requireNames } from '../missing-name.js'
import { keepAdministratorPermission, keepAdministratorRole } from '../own-access.js'
import { lostDefaults } from './default-role.js'
import { readRole, requireOtherRole } from './role.js'
import { refuseExtended, refuseHeld } from './role-obstacles.js'

export default defineTool({
  name: 'delete_environment_role',
  title: 'Delete environment role',
  description:
    'Delete a role. Users who have it need another one (reassignTo). Refused while other roles extend it.',
  toolset: 'environments',
  scopes: ['environment:write'],
  effect: 'delete',
  aliases: { roleName: 'name' },
  input: z.object({
    environmentId,
    name: roleName,
    reassignTo: roleName.optional().describe('The role that its users get instead.'),
  }),
  output: z.object({ deleted: z.boolean() }),
  precondition:
    'If users have the role, give reassignTo. If other roles extend it, change or delete those first (list_environment_roles).',
  check({ name, reassignTo }, facts) {
    requireOtherRole(name, 'reassignTo', reassignTo)
    keepAdministratorRole(name, facts)
  },
  async target(args, context) {
    const role = await readRole(context.scalekit, args.environmentId, args.name)
    keepAdministratorPermission(role.permissions, context)
    await requireNames(args, context)
    await refuseExtended(args, context)
    await refuseHeld(args, context)
    return {
      id: role.id,
      name: role.name,
      changes: { 'Its users get': args.reassignTo, ...lostDefaults(role) },
    }
  },
  async run({ environmentId, name, reassignTo }, { scalekit }) {
    await scalekit.roles(environmentId).deleteRole({ roleName: name, reassignRoleName: reassignTo })
    return { deleted: true }
  },
})
