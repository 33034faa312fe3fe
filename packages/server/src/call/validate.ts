import type * as z from 'zod'
import { ToolError } from '../errors.js'
import type { ToolDefinition } from '../tool.js'
import { freeInput, takesEnvironment, withoutEnvironment } from './environment-input.js'
import { byCurrentNames, type FormerNames } from './former-names.js'

type Arguments = Record<string, unknown>

/** Agents shorten these, because a name is accepted too. */
const shortNames: FormerNames = { environment: 'environmentId', organization: 'organizationId' }

/**
 * The arguments of a call as its tool declares them: former names become current ones, absent values are dropped, the bound
 * environment is filled in, and the schema decides. An error does not repeat values.
 *
 * @throws ToolError `invalid_arguments`, or `environment_not_available` for another environment than the bound one
 */
export function validate(
  tool: ToolDefinition,
  given: Readonly<Arguments>,
  boundEnvironment: { readonly id: string } | undefined,
): Arguments {
  const named = byCurrentNames(given, { ...shortNamesOf(tool), ...tool.aliases })
  const input = freeInput(tool.input)
  const args = withoutAbsent(named, input)
  if (!boundEnvironment || !takesEnvironment(tool.input)) return parse(input, args)
  const { environmentId, ...rest } = args
  requireBound(environmentId, boundEnvironment)
  return { ...parse(withoutEnvironment(tool.input), rest), environmentId: boundEnvironment.id }
}

function shortNamesOf({ input }: ToolDefinition): FormerNames {
  return Object.fromEntries(
    Object.entries(shortNames).filter(
      ([short, name]) => Object.hasOwn(input.shape, String(name)) && !Object.hasOwn(input.shape, short),
    ),
  )
}

/**
 * Strict function calling names every argument, with `null` or an empty text for an optional one that it leaves out. Where
 * the schema gives such a value a meaning, it stays.
 */
function withoutAbsent(args: Arguments, { shape }: z.ZodObject): Arguments {
  return Object.fromEntries(
    Object.entries(args).filter(([name, value]) => {
      if (value !== null && value !== '') return true
      const field = Object.hasOwn(shape, name) ? (shape[name] as z.ZodType) : undefined
      return !field?.safeParse(undefined).success || field.safeParse(value).success
    }),
  )
}

/** On a bound connection `environmentId` is not an argument: it is fixed. The same id may still be given. */
function requireBound(given: unknown, { id }: { readonly id: string }): void {
  if (given === undefined || given === id) return
  throw new ToolError(
    'environment_not_available',
    id === ''
      ? 'This server is bound to one environment, whose id it does not know.'
      : `This connection is bound to ${id}.`,
  )
}

function parse(schema: z.ZodObject, args: Arguments): Arguments {
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  throw new ToolError('invalid_arguments', parsed.error.issues.map(describeIssue).join(' '))
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const { keys } = issue
    const names = keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 60)))
    const more = keys.length > names.length ? ` and ${keys.length - names.length} more` : ''
    return `${names.join(', ')}${more} ${keys.length === 1 ? 'is not an argument' : 'are not arguments'} of this tool.`
  }
  return `${issue.path.join('.') || 'arguments'}: ${issue.message.replace(/\.$/, '')}.`
}
