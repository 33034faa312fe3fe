import { isObject } from '@scalekit-mcp/auth/server'
import { ToolError } from '../errors.js'

/**
 * Former names of arguments, old to new; they keep working. Where an argument was an object whose members are arguments
 * of their own now, each member by its former name.
 */
export interface FormerNames {
  readonly [formerName: string]: string | { readonly [formerMember: string]: string }
}

type Arguments = Record<string, unknown>

/** Strict function calling gives every argument: `null` or an empty text for one that it leaves out. */
export const isAbsent = (value: unknown) => value === null || value === ''

/**
 * The same arguments by the names that the tool has today.
 *
 * @throws ToolError `invalid_arguments` where one has values by two names, or a member is not known
 */
export function byCurrentNames(given: Readonly<Arguments>, formerNames: FormerNames = {}): Arguments {
  const args = { ...given }
  for (const [former, current] of Object.entries(formerNames)) {
    if (!Object.hasOwn(args, former)) continue
    const value = args[former]
    delete args[former]
    if (typeof current === 'string') put(args, current, value, former)
    else if (isAbsent(value)) continue
    else if (isObject(value)) putMembers(args, current, value, former)
    else throw new ToolError('invalid_arguments', `${former}: Give an object.`)
  }
  return args
}

function putMembers(
  args: Arguments,
  names: Readonly<Record<string, string>>,
  members: Arguments,
  former: string,
) {
  for (const [member, value] of Object.entries(members)) {
    const current = Object.hasOwn(names, member) ? names[member] : undefined
    if (current === undefined) {
      const name = JSON.stringify(`${former}.${member.slice(0, 60)}`)
      throw new ToolError('invalid_arguments', `${name} is not an argument of this tool.`)
    }
    put(args, current, value, `${former}.${member}`)
  }
}

function put(args: Arguments, current: string, value: unknown, former: string) {
  if (Object.hasOwn(args, current) && isAbsent(value)) return
  if (Object.hasOwn(args, current) && !isAbsent(args[current])) {
    throw new ToolError('invalid_arguments', `Give ${current} or ${former}, not both.`)
  }
  args[current] = value
}
