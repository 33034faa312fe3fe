import { asList, isObject, type Json, type JsonObject, keyIn, valueIn } from '../domain/directories/json.js'
import { assigned, attributeValue } from './attribute-value.js'
import { memberMatches } from './filter-match.js'
import { ScimError } from './scim-error.js'
import type { Filter } from './scim-filter.js'
import { type Attribute, attributeIn } from './scim-schema.js'

/** What an operation does to a list: to all of it, to the members that a filter finds, or to an attribute of theirs. */
export interface ListChange {
  readonly op: 'add' | 'replace' | 'remove'
  readonly value: Json | undefined
  /** Undefined for an attribute that no schema has. */
  readonly definition: Attribute | undefined
  readonly before: Json | undefined
  readonly filter: Filter | undefined
  readonly sub: string | undefined
}

/** A list after an operation (RFC 7644, sections 3.5.2.1 to 3.5.2.3); undefined when empty. Throws a `ScimError`. */
export function changedList(change: ListChange): Json | undefined {
  const before = asList(change.before)
  const after = onePrimary(before, changedMembers(change, before), change.definition)
  const members = after.filter((member) => hasValue(member, change.definition))
  return members.length === 0 ? undefined : members
}

function changedMembers(change: ListChange, before: Json[]): Json[] {
  const { op, value, definition, filter, sub } = change
  if (filter === undefined && sub === undefined) return changedWhole(change, before)
  const selected = (member: Json) => filter === undefined || memberMatches(member, filter, definition)
  if (op === 'remove' && sub === undefined) return before.filter((member) => !selected(member))
  const found = before.some(selected)
  if (op === 'remove' && !found) return before
  if (op === 'replace' && !found && filter !== undefined)
    throw new ScimError(400, `No member of ${definition?.name ?? 'the list'} meets the filter.`, 'noTarget')
  const present = found ? before : [...before, created(filter, definition)]
  return present.flatMap((member, index) => {
    if (found ? !selected(member) : index < before.length) return [member]
    return asList(changedMember(isObject(member) ? member : { value: member }, op, value, definition, sub))
  })
}

/** The list as one value: added to, replaced, or without the values that are sent. */
function changedWhole({ op, value, definition }: ListChange, before: Json[]): Json[] {
  if (op === 'remove') {
    if (value === undefined || value === null) return []
    const gone = asList(value).map(identityOf)
    return before.filter((member) => !gone.some((one) => one.every(([name, own]) => has(member, name, own))))
  }
  // Null unassigns (RFC 7643, section 2.5).
  if (value === null) return []
  const next = asList(attributeValue(definition, value))
  if (op === 'replace') return next
  const added = next.filter((one) => !before.some((member) => sameMember(member, one)))
  return [...before, ...added]
}

function changedMember(
  member: JsonObject,
  op: ListChange['op'],
  value: Json | undefined,
  definition: Attribute | undefined,
  sub: string | undefined,
): Json | undefined {
  const known = definition?.subAttributes ?? []
  const set = (object: JsonObject, name: string, one: Json | undefined) => {
    const own = attributeIn(known, name)
    return assigned(object, own?.name ?? keyIn(object, name) ?? name, attributeValue(own, one, definition))
  }
  if (sub !== undefined) return set(member, sub, op === 'remove' ? undefined : value)
  if (value === null) return undefined
  const [whole] = asList(value)
  const given = isObject(whole) ? whole : { value: whole ?? null }
  return Object.entries(given).reduce((all, [name, one]) => set(all, name, one), member)
}

/** The member that a filter describes: clients add emails[type eq "work"].value to somebody without one. */
function created(filter: Filter | undefined, definition: Attribute | undefined): JsonObject {
  if (filter === undefined) return {}
  if (filter.op === 'eq' && filter.path.toLowerCase() !== 'password') {
    const own = attributeIn(definition?.subAttributes ?? [], filter.path)
    return assigned({}, own?.name ?? filter.path, attributeValue(own, filter.value, definition))
  }
  if (filter.op === 'and')
    return Object.assign({}, ...filter.filters.map((one) => created(one, definition))) as JsonObject
  throw new ScimError(400, `No member of ${definition?.name ?? 'the list'} meets the filter.`, 'noTarget')
}

/** What a value to remove is known by: its `value` (RFC 7643, section 2.4), or all that is sent of it. */
function identityOf(value: Json): [string, Json][] {
  if (!isObject(value)) return value === null ? missing() : [['value', value]]
  const own = valueIn(value, 'value')
  if (own !== undefined) return own === null || typeof own === 'object' ? missing() : [['value', own]]
  const others = Object.entries(value).filter(([name]) => !/^(display|\$ref|primary)$/i.test(name))
  return others.length === 0 ? missing() : others
}

function missing(): never {
  throw new ScimError(400, 'Name each value to remove: {"value": "…"}.', 'invalidValue')
}

function has(member: Json, name: string, wanted: Json): boolean {
  if (!isObject(member)) return name === 'value' && member === wanted
  return valueIn(member, name) === wanted
}

function sameMember(one: Json, other: Json): boolean {
  if (!isObject(one) || !isObject(other)) return one === other
  if ('value' in one || 'value' in other) {
    const sameType = one.type === undefined || other.type === undefined || one.type === other.type
    return one.value === other.value && sameType
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => one[name] === other[name])
}

/** One member is the primary one: the one that became it last (RFC 7644, section 3.5.2). */
function onePrimary(
  before: readonly Json[],
  after: readonly Json[],
  definition: Attribute | undefined,
): Json[] {
  const isPrimary = (member: Json): member is JsonObject => isObject(member) && member.primary === true
  const fresh = after.filter((member) => isPrimary(member) && !before.includes(member))
  if (fresh.length > 1)
    throw new ScimError(
      400,
      `${definition?.name ?? 'The list'}.primary: send true for one entry only.`,
      'invalidValue',
    )
  const [primary] = fresh
  if (primary === undefined) return [...after]
  return after.map((member) =>
    isPrimary(member) && member !== primary ? { ...member, primary: false } : member,
  )
}

/** A member that has lost its value is gone. In a list that is nothing but values it cannot lose it. */
function hasValue(member: Json, definition: Attribute | undefined): boolean {
  const value = attributeIn(definition?.subAttributes ?? [], 'value')
  if (value === undefined || !isObject(member) || 'value' in member) return true
  if (!value.required) return false
  throw new ScimError(400, `${definition?.name}.value: send a value for each entry.`, 'invalidValue')
}
