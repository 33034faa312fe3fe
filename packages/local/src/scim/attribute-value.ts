import { asList, isObject, type Json, type JsonObject, keyIn } from '../domain/directories/json.js'
import { ScimError } from './scim-error.js'
import { type Attribute, attributeIn } from './scim-schema.js'

/**
 * A value as the schema has it: names in its spelling, booleans that were sent as text, a list where there may be
 * several. Returns undefined for what is unassigned: null, and what holds nothing (RFC 7643, section 2.5). A value
 * without a schema is kept. `holder` is the attribute that a sub-attribute belongs to.
 * @throws {ScimError} 400 `invalidValue`
 */
export function attributeValue(
  attribute: Attribute | undefined,
  value: Json | undefined,
  holder?: Pick<Attribute, 'name'>,
): Json | undefined {
  if (value === undefined || value === null) return undefined
  if (attribute === undefined) return withoutNull(value)
  if (!attribute.multiValued) return single(attribute, value, holder)
  const members = asList(value).flatMap((one) => {
    const member = one === null ? undefined : single(attribute, one, holder)
    return member === undefined ? [] : [member]
  })
  return members.length === 0 ? undefined : members
}

function single(
  attribute: Attribute,
  value: Json,
  holder: Pick<Attribute, 'name'> | undefined,
): Json | undefined {
  const name = holder === undefined ? attribute.name : `${holder.name}.${attribute.name}`
  // Some clients send a list of one.
  if (Array.isArray(value) && value.length === 1 && !attribute.multiValued)
    return attributeValue(attribute, value[0], holder)
  switch (attribute.type) {
    case 'complex':
      return object(attribute, value)
    case 'boolean':
      if (typeof value === 'boolean') return value
      if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
      throw unsuitable(name, 'true or false')
    default:
      if (typeof value === 'string') return value
      throw unsuitable(name, 'text')
  }
}

/** Text stands for an object with that value, as in `"manager": "26118915"`. */
function object(attribute: Attribute, value: Json): Json | undefined {
  const known = attribute.subAttributes ?? []
  if (typeof value === 'string' && attributeIn(known, 'value') !== undefined)
    return value === '' ? undefined : { value }
  if (!isObject(value)) throw unsuitable(attribute.name, 'an object')
  return present(
    Object.entries(value).map(([name, one]) => {
      const sub = attributeIn(known, name)
      return [sub?.name ?? name, attributeValue(sub, one, attribute)]
    }),
  )
}

function withoutNull(value: Json): Json | undefined {
  if (Array.isArray(value))
    return value.flatMap((one) => asList(one).flatMap((own) => withoutNull(own) ?? []))
  if (!isObject(value)) return value ?? undefined
  return present(
    Object.entries(value).map(([name, one]) => [name, one === null ? undefined : withoutNull(one)]),
  )
}

function present(entries: [string, Json | undefined][]): JsonObject | undefined {
  const assigned = entries.filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return assigned.length === 0 ? undefined : Object.fromEntries(assigned)
}

function unsuitable(name: string, what: string): ScimError {
  return new ScimError(400, `${name}: send ${what}.`, 'invalidValue')
}

/** An object with one of its attributes assigned, or unassigned for undefined. */
export function assigned(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  const key = keyIn(object, name) ?? name
  const { [key]: _before, ...others } = object
  return value === undefined ? others : { ...others, [name]: value }
}
