import { isObject } from '@scalekit-mcp/auth/server'
import * as z from 'zod'
import { ToolError, toolErrors } from '../errors.js'
import type { ToolDefinition } from '../tool.js'
import { freeInput, takesEnvironment, withoutEnvironment } from './environment-input.js'
import { byCurrentNames, type FormerNames, isAbsent } from './former-names.js'
import { whereIdsAre } from './object-kinds.js'

type Arguments = Record<string, unknown>

/** Agents shorten these, because a name is accepted too. */
const shortNames: FormerNames = { environment: 'environmentId', organization: 'organizationId' }

/**
 * The arguments of a call as its tool declares them: former names become current ones, absent values are dropped, the bound
 * environment is filled in, and the schema decides. Whether an environment that is given is the bound one is for `resolve-names.ts`.
 * An error does not repeat values.
 *
 * @throws ToolError `invalid_arguments`
 */
export function validate(
  tool: ToolDefinition,
  given: Readonly<Arguments>,
  boundEnvironment: { readonly id: string } | undefined,
): Arguments {
  const input = freeInput(tool.input)
  const args = asDeclared(given, input, tool.aliases)
  if (!boundEnvironment || !takesEnvironment(tool.input)) return parse(input, args)
  const { environmentId = boundEnvironment.id, ...rest } = args
  if (environmentId !== boundEnvironment.id) return parse(input, args)
  return { ...parse(withoutEnvironment(tool.input), rest), environmentId }
}

/** Arguments, or an item of a list among them, by the names of the schema and without absent values. */
function asDeclared(given: Readonly<Arguments>, schema: z.ZodObject, aliases?: FormerNames): Arguments {
  const args = withoutAbsent(byCurrentNames(given, { ...shortNamesOf(schema), ...aliases }), schema)
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const item = Array.isArray(value) && itemOf(fieldOf(schema, name))
      if (!item) return [name, value]
      return [name, value.map((each) => (isObject(each) ? asDeclared(each, item) : each))]
    }),
  )
}

function shortNamesOf({ shape }: z.ZodObject): FormerNames {
  return Object.fromEntries(
    Object.entries(shortNames).filter(
      ([short, name]) => Object.hasOwn(shape, String(name)) && !Object.hasOwn(shape, short),
    ),
  )
}

function fieldOf({ shape }: z.ZodObject, name: string): z.ZodType | undefined {
  return Object.hasOwn(shape, name) ? (shape[name] as z.ZodType) : undefined
}

/** The schema of the objects in a list; `undefined` for every other schema. */
function itemOf(schema: unknown): z.ZodObject | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return itemOf(schema.unwrap())
  if (schema instanceof z.ZodPipe) return itemOf(schema.out)
  return schema instanceof z.ZodArray && schema.element instanceof z.ZodObject ? schema.element : undefined
}

/**
 * Strict function calling names every argument, with `null` or an empty text for an optional one that it leaves out. Where
 * the schema gives such a value a meaning, it stays.
 */
function withoutAbsent(args: Arguments, schema: z.ZodObject): Arguments {
  return Object.fromEntries(
    Object.entries(args).filter(([name, value]) => {
      if (!isAbsent(value)) return true
      const field = fieldOf(schema, name)
      return !field?.safeParse(undefined).success || field.safeParse(value).success
    }),
  )
}

function parse(schema: z.ZodObject, args: Arguments): Arguments {
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  const where = new Set(issues.flatMap((issue) => whereIdsOf(issue, args) ?? []))
  throw new ToolError('invalid_arguments', issues.map(describeIssue).join(' '), {
    ...(where.size > 0 ? { nextStep: [toolErrors.invalid_arguments, ...where].join(' ') } : {}),
  })
}

/** Where the id is found, in place of which another text was given. */
function whereIdsOf(issue: z.core.$ZodIssue, args: Arguments): string | undefined {
  if (issue.code !== 'custom' || !issue.params?.isId) return undefined
  const object = Object(issue.path.slice(0, -1).reduce<unknown>((value, key) => Object(value)[key], args))
  const argument = String(issue.path.at(-1))
  return whereIdsAre(argument, object.organizationId !== undefined, object[argument])
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const { keys } = issue
    const names = keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 60)))
    const more = keys.length > names.length ? ` and ${keys.length - names.length} more` : ''
    return `${names.join(', ')}${more} ${keys.length === 1 ? 'is not an argument' : 'are not arguments'} of this tool.`
  }
  return `${issue.path.join('.') || 'arguments'}: ${lengthRule(issue) ?? issue.message.replace(/\.$/, '')}.`
}

/** How long a text may be, in words. */
function lengthRule(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'too_big' && issue.origin === 'string') return `Give at most ${issue.maximum} characters`
  if (issue.code !== 'too_small' || issue.origin !== 'string') return undefined
  return issue.minimum === 1 ? 'Give a text that is not empty' : `Give at least ${issue.minimum} characters`
}
