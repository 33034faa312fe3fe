import { z } from 'zod'
import { ScimError } from './scim-error.js'

const Patch = z.object({
  Operations: z
    .array(
      z.object({
        op: z
          .string()
          .toLowerCase()
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: z.string().optional(),
        value: z.json().optional(),
      }),
    )
    .min(1),
})

type Json = z.core.util.JSONType
type JsonObject = Record<string, Json>
type Operation = z.infer<typeof Patch>['Operations'][number]

/** Names that would reach what every object has, and not a member of the resource. */
const RESERVED = ['__proto__', 'constructor', 'prototype']

/**
 * A resource after a PATCH (RFC 7644, section 3.5.2). Paths are an attribute, a sub-attribute, or the members of
 * a list that a filter with `eq` finds, as `emails[type eq "work"].value`. Throws a `ScimError`.
 */
export function patched(resource: JsonObject, body: unknown): JsonObject {
  const parsed = Patch.safeParse(body)
  if (!parsed.success) throw new ScimError(400, 'Send Operations, each with op and value.', 'invalidSyntax')
  return parsed.data.Operations.reduce(apply, structuredClone(resource))
}

function apply(resource: JsonObject, { op, path, value }: Operation): JsonObject {
  if (path === undefined) {
    if (op === 'remove' || !isObject(value))
      throw new ScimError(400, 'An operation needs a path.', 'noTarget')
    return Object.entries(value).reduce(
      (changed, [name, own]) => apply(changed, { op, path: name, value: own }),
      resource,
    )
  }
  const [, list, attribute, wanted, rest] =
    /^(\w+)\[\s*(\w+)\s+eq\s+"([^"]*)"\s*\](?:\.(\w+))?$/i.exec(withoutSchema(path)) ?? []
  if (list !== undefined && attribute !== undefined && wanted !== undefined) {
    const name = nameIn(resource, list)
    const members = changeMembers(asList(resource[name]), { attribute, wanted, rest }, op, value)
    return { ...resource, [name]: members }
  }
  const [first = '', second, ...deeper] = withoutSchema(path).split('.')
  if (deeper.length > 0 || path.includes('['))
    throw new ScimError(400, `The path ${path} is not supported.`, 'invalidPath')
  const name = nameIn(resource, first)
  if (second === undefined) return change(resource, name, op, value)
  const own = resource[name]
  return { ...resource, [name]: change(isObject(own) ? own : {}, nameIn(own, second), op, value) }
}

function change(
  resource: JsonObject,
  name: string,
  op: Operation['op'],
  value: Json | undefined,
): JsonObject {
  const { [name]: before, ...others } = resource
  if (op === 'remove') {
    if (value === undefined || !Array.isArray(before)) return others
    const gone = removedValues(value)
    return { ...others, [name]: before.filter((one) => !gone.includes(valueIn(one))) }
  }
  const next = plain(value ?? null)
  if (op === 'add' && Array.isArray(before)) {
    const added = asList(next).filter((one) => !before.some((other) => sameMember(one, other)))
    return { ...others, [name]: [...before, ...added] }
  }
  if (isObject(before) && isObject(next)) return { ...others, [name]: { ...before, ...next } }
  return { ...others, [name]: next }
}

interface Selected {
  attribute: string
  wanted: string
  rest: string | undefined
}

function changeMembers(
  members: Json[],
  { attribute, wanted, rest }: Selected,
  op: Operation['op'],
  value?: Json,
) {
  const selected = (one: Json) => isObject(one) && String(one[nameIn(one, attribute)] ?? '') === wanted
  if (op === 'remove' && rest === undefined) return members.filter((one) => !selected(one))
  if (op === 'remove' && !members.some(selected)) return members
  const present = members.some(selected) ? members : [...members, { [attribute]: wanted }]
  return present.map((one) => {
    if (!selected(one) || !isObject(one)) return one
    return rest === undefined ? { ...one, ...(isObject(value) ? value : {}) } : change(one, rest, op, value)
  })
}

/** Attribute names are not case-sensitive (RFC 7643, section 2.1). */
function nameIn(resource: Json | undefined, name: string): string {
  if (RESERVED.includes(name)) throw new ScimError(400, `There is no attribute ${name}.`, 'invalidPath')
  const names = isObject(resource) ? Object.keys(resource) : []
  return names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name
}

function withoutSchema(path: string): string {
  return path.replace(/^urn:ietf:params:scim:schemas:core:2\.0:\w+:/i, '')
}

/** Some clients send booleans as text. */
function plain(value: Json): Json {
  if (value === 'True' || value === 'true') return true
  return value === 'False' || value === 'false' ? false : value
}

/**
 * What identifies a member of a list: its `value` (RFC 7643, section 2.4), which clients send in an object
 * or alone.
 */
function valueIn(member: Json): Json | undefined {
  return isObject(member) ? member[nameIn(member, 'value')] : member
}

/** The values that are to be removed. A member without one could be any, so the request is refused. */
function removedValues(value: Json): (Json | undefined)[] {
  const values = asList(value).map(valueIn)
  if (values.every((one) => one !== undefined && one !== null && typeof one !== 'object')) return values
  throw new ScimError(400, 'Name each value to remove: {"value": "…"}.', 'invalidValue')
}

function sameMember(one: Json, other: Json): boolean {
  return isObject(one) && isObject(other) ? one.value === other.value : one === other
}

function asList(value: Json | undefined): Json[] {
  return value === undefined || value === null ? [] : [value].flat()
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
