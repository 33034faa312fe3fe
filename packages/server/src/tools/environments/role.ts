import type { roles } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { text } from '../../input-fields.js'
import type { Target, ToolContext } from '../../tool.js'

/** A role of an environment, as results give it. */
export const roleFields = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  description: z.string().optional(),
  extends: z.string().optional().describe('The role whose permissions it has too.'),
  permissions: z.array(z.string()).describe('Its own permissions.'),
  isDefaultForMembers: z.boolean(),
  isDefaultForCreators: z.boolean(),
})

export const displayName = text(100).describe('The name that people see.')
export const description = text(2000).describe('What the role is for.')
export const permissions = z
  .array(z.string().regex(/^[a-zA-Z0-9_:]{1,64}$/, 'letters, digits, _ and :, 64 at most'))
  .min(1)
  .max(100)

export function toRole(role: roles.Role): z.output<typeof roleFields> {
  return {
    id: role.id,
    name: role.name,
    displayName: role.displayName,
    description: role.description || undefined,
    extends: role.extends || undefined,
    permissions: role.permissions.map(({ name }) => name),
    isDefaultForMembers: role.defaultMember,
    isDefaultForCreators: role.defaultCreator,
  }
}

/** What a role allows and who gets it, for the question. */
export function roleChanges(role: {
  readonly displayName?: string | undefined
  readonly description?: string | undefined
  readonly permissions?: readonly string[] | undefined
  readonly extends?: string | undefined
  readonly isDefaultForMembers?: boolean | undefined
  readonly isDefaultForCreators?: boolean | undefined
}): NonNullable<Target['changes']> {
  return {
    'Display name': role.displayName,
    Description: role.description,
    Permissions: role.permissions,
    'Also has the permissions of': role.extends,
    'Default for users without a role': role.isDefaultForMembers,
    'Default for first users of organizations': role.isDefaultForCreators,
  }
}

/** Reads one role with its own permissions. */
export async function readRole(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  name: string,
): Promise<z.output<typeof roleFields>> {
  const { role } = await scalekit.roles(environmentId).getRole({ roleName: name, include: 'permissions' })
  if (!role) throw new ToolError('not_found', 'Scalekit has no such role.')
  return toRole(role)
}

/**
 * Refuses a role in place of another one: it cannot extend itself, nor replace itself.
 *
 * @param argument what names the other one
 * @throws ToolError `invalid_arguments`
 */
export function requireOtherRole(name: string, argument: string, other: string | undefined): void {
  if (other !== name) return
  throw new ToolError('invalid_arguments', `${argument}: Give another role than ${name}.`)
}
