import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'
import { listedNames } from '../listed-names.js'

interface Which {
  readonly environmentId: string
  readonly name: string
}

/**
 * Refuses to delete a role that others extend: whatever its users get instead, those would lose permissions.
 *
 * @throws ToolError `precondition_failed` that lists them
 */
export async function refuseExtended({ environmentId, name }: Which, context: ToolContext): Promise<void> {
  const api = context.scalekit.roles(environmentId)
  const dependents = await context.ifAllowed(api.listDependentRoles({ roleName: name }))
  if (!dependents || dependents.roles.length === 0) return
  const own = dependents.roles.filter(({ isOrgRole }) => !isOrgRole)
  const ofOrganizations = dependents.roles.length - own.length
  const names = listedNames(
    own.map((role) => role.name),
    context,
  )
  const who = [names, ofOrganizations > 0 ? `${ofOrganizations} of organizations` : ''].filter(Boolean)
  const list = who.length > 0 ? `: ${who.join(', ')}` : ''
  throw new ToolError('precondition_failed', `Other roles extend ${name}${list}.`, {
    nextStep:
      'First let each of them extend another role (update_environment_role), or delete it (delete_environment_role).',
  })
}

/**
 * Refuses to delete a role that users have, where no other takes its place.
 *
 * @throws ToolError `precondition_failed`
 */
export async function refuseHeld(
  { environmentId, name, reassignTo }: Which & { readonly reassignTo?: string | undefined },
  { scalekit, ifAllowed }: ToolContext,
): Promise<void> {
  if (reassignTo !== undefined) return
  const users = await ifAllowed(scalekit.roles(environmentId).getRoleUsersCount({ roleName: name }))
  if (!users || users.count <= 0) return
  const who = users.count === 1n ? '1 user has' : `${users.count} users have`
  throw new ToolError('precondition_failed', `${who} the role ${name}.`, {
    nextStep: 'Give reassignTo: the role that they get instead.',
  })
}

/**
 * Refuses to let a role extend one that extends it already, itself or through others.
 *
 * @param extended the name of the role to extend
 * @throws ToolError `invalid_arguments`
 */
export async function refuseCircle(
  { environmentId, name }: Which,
  extended: string | undefined,
  { scalekit, ifAllowed }: ToolContext,
): Promise<void> {
  if (extended === undefined) return
  const listed = await ifAllowed(scalekit.roles(environmentId).listRoles({}))
  const bases = new Map(listed?.roles.map((role) => [role.name, role.extends]))
  const seen = new Set<string>()
  for (let base: string | undefined = extended; base && !seen.has(base); base = bases.get(base)) {
    if (base === name) {
      throw new ToolError('invalid_arguments', `extends: ${extended} already extends ${name}.`, {
        nextStep: `Give a role that does not have the permissions of ${name} through extends (list_environment_roles).`,
      })
    }
    seen.add(base)
  }
}
