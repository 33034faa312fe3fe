import * as z from 'zod'
import { ToolError } from '../../errors.js'
import type { Target, ToolContext } from '../../tool.js'
import { readRole } from './role.js'

const flag = (who: string) => z.boolean().optional().describe(`${who} get it, instead of the former default.`)

/** One role of the environment for each. A default ends only with its role. */
export const defaultFields = {
  isDefaultForMembers: flag('Users without a role'),
  isDefaultForCreators: flag('First users of organizations'),
}

export interface Defaults {
  readonly isDefaultForMembers?: boolean | undefined
  readonly isDefaultForCreators?: boolean | undefined
}

/** Makes a role the default where it is asked for. */
export async function setDefaults(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  name: string,
  { isDefaultForMembers, isDefaultForCreators }: Defaults,
): Promise<void> {
  if (!isDefaultForMembers && !isDefaultForCreators) return
  await scalekit.roles(environmentId).updateDefaultRoles({
    ...(isDefaultForMembers && { defaultMemberRole: name }),
    ...(isDefaultForCreators && { defaultCreatorRole: name }),
  })
}

/**
 * The API can move a default and not end it.
 *
 * @throws ToolError `precondition_failed` when a default would end
 */
export async function refuseEndOfDefault(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  name: string,
  { isDefaultForMembers, isDefaultForCreators }: Defaults,
): Promise<void> {
  if (isDefaultForMembers !== false && isDefaultForCreators !== false) return
  const role = await readRole(scalekit, environmentId, name)
  const ends =
    (isDefaultForMembers === false && role.isDefaultForMembers) ||
    (isDefaultForCreators === false && role.isDefaultForCreators)
  if (!ends) return
  throw new ToolError(
    'precondition_failed',
    `${name} is a default role: Scalekit can move a default, not end it.`,
    {
      nextStep: 'Make another role the default instead: then this one no longer is.',
    },
  )
}

/** What the question says before a default role is deleted: the API moves the default to no other role. */
export function lostDefaults({
  isDefaultForMembers,
  isDefaultForCreators,
}: Defaults): NonNullable<Target['changes']> {
  const who = [
    ...(isDefaultForMembers ? ['users without a role'] : []),
    ...(isDefaultForCreators ? ['first users of organizations'] : []),
  ]
  if (who.length === 0) return {}
  return { 'Is the default for': who, 'Default after it': 'none, until another role is made the default' }
}
