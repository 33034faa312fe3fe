import { isObject, type Json, type JsonObject } from '../domain/directories/json.js'
import { readAttributePath } from './attribute-path.js'
import { ScimError } from './scim-error.js'
import { attributeIn, attributesOf, type ResourceType } from './scim-schema.js'

/** What of a resource an answer shows. */
export type Projection = (resource: JsonObject) => JsonObject

/** The names that lead to an attribute: of an extension, an attribute, a sub-attribute. */
type Way = readonly string[]

/**
 * The part of resources that the parameters `attributes` and `excludedAttributes` ask for (RFC 7644, section 3.9).
 * `id` and `schemas` are always returned. Throws a `ScimError` (400).
 */
export function projection(type: ResourceType, query: Readonly<Record<string, unknown>>): Projection {
  const wanted = namesIn(query.attributes)
  const unwanted = namesIn(query.excludedAttributes)
  const always = attributesOf(type, undefined).filter(({ returned }) => returned === 'always')
  for (const name of [...wanted, ...unwanted]) waysTo(name, type, {})
  return (resource) => {
    const ways = (names: readonly string[]) => names.flatMap((name) => waysTo(name, type, resource))
    const required = always.map(({ name }) => [name])
    const picked = wanted.length === 0 ? resource : pick(resource, [...required, ...ways(wanted)])
    const removable = ways(unwanted).filter(([first = '']) => attributeIn(always, first) === undefined)
    return omit(picked, removable)
  }
}

function namesIn(parameter: unknown): string[] {
  const texts = [parameter].flat().filter((text) => typeof text === 'string')
  return texts
    .join(',')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
}

/** One way, or those to all attributes of the resource's own schema for its URN. */
function waysTo(name: string, type: ResourceType, resource: JsonObject): Way[] {
  const path = readAttributePath(name, type, resource)
  if (path === undefined)
    throw new ScimError(
      400,
      'attributes and excludedAttributes are names, separated by commas.',
      'invalidValue',
    )
  const way = [path.schema, path.attribute, path.sub].filter((part) => part !== undefined)
  return way.length > 0 ? [way] : type.core.attributes.map((attribute) => [attribute.name])
}

function pick(object: JsonObject, ways: readonly Way[]): JsonObject {
  return each(object, (value, name) => {
    const rest = beyond(name, ways)
    if (rest.length === 0) return undefined
    return rest.some((way) => way.length === 0) ? value : inside(value, (one) => pick(one, rest), undefined)
  })
}

function omit(object: JsonObject, ways: readonly Way[]): JsonObject {
  return each(object, (value, name) => {
    const rest = beyond(name, ways)
    if (rest.length === 0) return value
    return rest.some((way) => way.length === 0) ? undefined : inside(value, (one) => omit(one, rest), value)
  })
}

/** The ways through an attribute, from there on. */
function beyond(name: string, ways: readonly Way[]): Way[] {
  return ways.filter(([first]) => first?.toLowerCase() === name.toLowerCase()).map(([, ...rest]) => rest)
}

function each(object: JsonObject, part: (value: Json, name: string) => Json | undefined): JsonObject {
  const entries = Object.entries(object).map(([name, value]) => [name, part(value, name)] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

/** A part of an object, or of each object in a list; `simple` for what has no parts. */
function inside(
  value: Json,
  part: (object: JsonObject) => JsonObject,
  simple: Json | undefined,
): Json | undefined {
  if (Array.isArray(value)) return value.flatMap((one) => inside(one, part, undefined) ?? [])
  if (!isObject(value)) return simple
  const shown = part(value)
  return Object.keys(shown).length === 0 ? undefined : shown
}
