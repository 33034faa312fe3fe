import { asList, isObject, type Json, type JsonObject, valueIn } from '../domain/directories/json.js'
import { readAttributePath } from './attribute-path.js'
import { ScimError } from './scim-error.js'
import type { Comparison, Filter } from './scim-filter.js'
import { type Attribute, attributeIn, attributesOf, type ResourceType } from './scim-schema.js'

/** What is compared, and the attribute that says how. */
interface Found {
  readonly values: readonly Json[]
  readonly attribute: Attribute | undefined
}

type Find = (path: string) => Found

/** Whether a resource meets a filter. Throws a `ScimError` (400, `invalidFilter`). */
export function resourceMatches(resource: JsonObject, filter: Filter, type: ResourceType): boolean {
  return matches(filter, (path) => {
    const at = readAttributePath(path, type, resource)
    if (at === undefined) throw new ScimError(400, 'A filter names no such attribute.', 'invalidFilter')
    const schema = at.schema === undefined ? resource : valueIn(resource, at.schema)
    const holder = isObject(schema) ? schema : {}
    const attribute = attributeIn(attributesOf(type, at.schema), at.attribute ?? '')
    if (at.attribute === undefined) return { values: asList(schema), attribute: undefined }
    const values = asList(valueIn(holder, at.attribute))
    return at.sub === undefined ? { values, attribute } : inside(values, attribute, at.sub)
  })
}

/** Whether a member of a list meets the filter of a path, as in `emails[type eq "work"]`. */
export function memberMatches(member: Json, filter: Filter, attribute: Attribute | undefined): boolean {
  return matches(filter, (path) => inside([member], attribute, path))
}

function inside(holders: readonly Json[], attribute: Attribute | undefined, name: string): Found {
  return {
    values: holders.flatMap((one) => {
      if (isObject(one)) return asList(valueIn(one, name))
      return name.toLowerCase() === 'value' ? [one] : []
    }),
    attribute: attributeIn(attribute?.subAttributes ?? [], name),
  }
}

function matches(filter: Filter, find: Find): boolean {
  switch (filter.op) {
    case 'and':
      return filter.filters.every((one) => matches(one, find))
    case 'or':
      return filter.filters.some((one) => matches(one, find))
    case 'not':
      return !matches(filter.filter, find)
    case 'pr':
      return find(filter.path).values.some((value) => value !== '')
    case 'some': {
      const { values, attribute } = find(filter.path)
      return values.some((value) => memberMatches(value, filter.filter, attribute))
    }
    default:
      return compares(find(filter.path), filter.op, filter.value)
  }
}

/** RFC 7644, section 3.4.2.2. What is unassigned equals null, and differs from every value. */
function compares({ values, attribute }: Found, op: Comparison, wanted: Json): boolean {
  if (wanted === null) {
    if (op !== 'eq' && op !== 'ne') throw notComparable(op)
    return (op === 'eq') === (values.length === 0)
  }
  if (op === 'ne') return values.length === 0 || !compares({ values, attribute }, 'eq', wanted)
  return values.some((value) => {
    // A list of objects is compared by the values of its members.
    const simple = isObject(value) ? valueIn(value, 'value') : value
    const how = isObject(value) ? attributeIn(attribute?.subAttributes ?? [], 'value') : attribute
    return simple !== undefined && comparesOne(simple, op, wanted, how)
  })
}

function comparesOne(value: Json, op: Comparison, wanted: Json, attribute: Attribute | undefined): boolean {
  if (typeof value === 'boolean') {
    if (op !== 'eq') throw notComparable(op)
    return String(value) === String(wanted).toLowerCase()
  }
  if (attribute?.type === 'dateTime') {
    const [one, other] = [Date.parse(String(value)), Date.parse(String(wanted))]
    if (Number.isNaN(other))
      throw new ScimError(400, 'Write a time as 2026-01-31T12:00:00Z.', 'invalidFilter')
    return ordered(one, op, other)
  }
  if (typeof value === 'number' && typeof wanted === 'number') return ordered(value, op, wanted)
  if (typeof value !== 'string' || typeof wanted !== 'string') return false
  const [one, other] = attribute?.caseExact ? [value, wanted] : [value.toLowerCase(), wanted.toLowerCase()]
  if (op === 'co') return one.includes(other)
  if (op === 'sw') return one.startsWith(other)
  if (op === 'ew') return one.endsWith(other)
  return ordered(one, op, other)
}

function ordered<T extends string | number>(one: T, op: Comparison, other: T): boolean {
  switch (op) {
    case 'eq':
      return one === other
    case 'gt':
      return one > other
    case 'ge':
      return one >= other
    case 'lt':
      return one < other
    case 'le':
      return one <= other
    default:
      throw notComparable(op)
  }
}

function notComparable(op: Comparison): ScimError {
  return new ScimError(400, `${op} cannot compare these values.`, 'invalidFilter')
}
