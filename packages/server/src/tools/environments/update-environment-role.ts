import * as z from 'zod'
import { environmentId, roleName } from '../../input-fields.js'
import { defineTool, type ToolContext } from '../../tool.js'
import { isAlready } from '../is-already.js'
import { requireNames } from '../missing-name.js'
import { keepAdministratorPermission } from '../own-access.js'
import { requireChange } from '../require-change.js'
import { defaultFields, refuseEndOfDefault, setDefaults } from './default-role.js'
import {
  description,
  displayName,
  permissions,
  readRole,
  requireOtherRole,
  roleChanges,
  roleFields,
} from './role.js'
import { refuseCircle } from './role-obstacles.js'

const own = ['displayName', 'description', 'permissions', 'extends'] as const

export default defineTool({
  name: 'update_environment_role',
  title: 'Update environment role',
  description:
    'Change a role, or make it a default. What is left out stays; permissions, if given, replace all that it has.',
  toolset: 'environments',
  scopes: ['environment:write'],
  effect: 'update',
  aliases: { roleName: 'name', roleDisplayName: 'displayName' },
  input: z.object({
    environmentId,
    name: roleName,
    displayName: displayName.optional(),
    description: description.optional(),
    permissions: permissions.optional().describe('All permissions that it shall have, by name.'),
    extends: roleName.optional().describe('Role whose permissions it also has.'),
    ...defaultFields,
  }),
  output: z.object({ role: roleFields }),
  check(args) {
    requireChange(args, [...own, ...Object.keys(defaultFields)])
    requireOtherRole(args.name, 'extends', args.extends)
  },
  async target(args, context) {
    const { scalekit } = context
    await refuseEndOfDefault(scalekit, args.environmentId, args.name, args)
    await keepPermission(args, context)
    const role = await readRole(scalekit, args.environmentId, args.name)
    await requireNames(args, context)
    await refuseCircle(args, args.extends, context)
    const { environmentId, ...wanted } = args
    return {
      id: role.id,
      name: role.name,
      changes: roleChanges(args),
      already: isAlready(role, wanted) ? { role } : undefined,
    }
  },
  async run(args, context) {
    const { scalekit } = context
    const { environmentId, name } = args
    await refuseEndOfDefault(scalekit, environmentId, name, args)
    await keepPermission(args, context)
    if (own.some((field) => args[field] !== undefined)) {
      await scalekit.roles(environmentId).updateRole({
        roleName: name,
        role: {
          displayName: args.displayName,
          description: args.description,
          permissions: args.permissions,
          extends: args.extends,
        },
      })
    }
    await setDefaults(scalekit, environmentId, name, args)
    return { role: await readRole(scalekit, environmentId, name) }
  },
})

/** A list of permissions replaces all that the role has: also that of administrators. */
async function keepPermission(
  {
    environmentId,
    name,
    permissions,
  }: { environmentId: string; name: string; permissions?: string[] | undefined },
  context: ToolContext,
): Promise<void> {
  if (permissions === undefined || !context.connection().administeredBy?.permission) return
  const before = await readRole(context.scalekit, environmentId, name)
  const lost = before.permissions.filter((permission) => !permissions.includes(permission))
  keepAdministratorPermission(lost, context)
}
