import { z } from 'zod'
import { isObject, type Json, type JsonObject, keyIn, valueIn } from '../domain/directories/json.js'
import { withNames } from './attribute-names.js'
import { type AttributePath, readAttributePath } from './attribute-path.js'
import { assigned, attributeValue } from './attribute-value.js'
import { changedList, type ListChange } from './patch-list.js'
import { ScimError } from './scim-error.js'
import { parseFilter } from './scim-filter.js'
import { attributeIn, attributesOf, type ResourceType } from './scim-schema.js'

const Operation = z.object({
  op: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['add', 'replace', 'remove'])),
  path: z.string().nullish(),
  value: z.json().optional(),
})
const Patch = z.object({
  Operations: z
    .array(z.preprocess((one) => withNames(one, Object.keys(Operation.shape)), Operation))
    .min(1)
    .max(1000),
})

type Op = z.infer<typeof Operation>['op']

/** A change of one place. `explicit` when the client named it as a path, and not among the values of an object. */
interface Change {
  readonly op: Op
  readonly value: Json | undefined
  readonly explicit: boolean
}

/** A resource after a PATCH (RFC 7644, section 3.5.2). All operations are applied, or none. Throws a `ScimError`. */
export function patched(type: ResourceType, resource: JsonObject, body: unknown): JsonObject {
  const parsed = Patch.safeParse(withNames(body, Object.keys(Patch.shape)))
  if (!parsed.success)
    throw new ScimError(
      400,
      'Send Operations, each with op (add, replace or remove), path and value.',
      'invalidSyntax',
    )
  return parsed.data.Operations.reduce((before, { op, path, value }) => {
    if (path) return changedAt(type, before, path, { op, value, explicit: true })
    if (op === 'remove') throw new ScimError(400, 'To remove something, send its path.', 'noTarget')
    return withAll(type, before, op, value)
  }, resource)
}

/** A resource as a client sent it, by the names of the schema and without what is unassigned. */
export function fromBody(type: ResourceType, body: unknown): JsonObject {
  const parsed = z.json().safeParse(body)
  if (!parsed.success) throw new ScimError(400, 'Send a resource as a JSON object.', 'invalidSyntax')
  return withAll(type, {}, 'add', parsed.data)
}

/** RFC 7644, section 3.5.2.1: without a path, the value is an object of attributes. */
function withAll(type: ResourceType, resource: JsonObject, op: Op, value: Json | undefined): JsonObject {
  if (!isObject(value))
    throw new ScimError(400, 'Without a path, send an object of attributes.', 'invalidValue')
  // Extensions are recognized by the schemas that the value lists.
  const { [keyIn(value, 'schemas') ?? 'schemas']: schemas = [], ...own } = value
  const listed = { ...resource, ...Object.fromEntries(objectsOf(own)), schemas }
  return Object.entries(own).reduce(
    (before, [name, one]) => changedAt(type, before, name, { op, value: one, explicit: false }, listed),
    resource,
  )
}

function objectsOf(value: JsonObject): [string, Json][] {
  return Object.entries(value).filter(([name, one]) => /^urn:/i.test(name) && isObject(one))
}

const PATH = /^([^[\]]+)(?:\[(.*)\](?:\.([^.[\]]+))?)?$/s

function changedAt(
  type: ResourceType,
  resource: JsonObject,
  text: string,
  change: Change,
  known = resource,
): JsonObject {
  const [, plain = '', filterText, after] = PATH.exec(text) ?? []
  const path = readAttributePath(plain.trim(), type, known)
  if (path === undefined || (filterText !== undefined && (path.sub !== undefined || !path.attribute)))
    throw new ScimError(
      400,
      'A path is attribute, attribute.sub or attribute[filter].sub, after the URN of a schema if you like.',
      'invalidPath',
    )
  if (path.attribute === undefined) return changedSchema(type, resource, path, change)
  const filter = filterText === undefined ? undefined : parseFilter(filterText, 'invalidPath')
  const place = { ...path, attribute: path.attribute, sub: path.sub ?? after, filter }
  if (path.schema === undefined) return changedAttribute(type, resource, place, change)
  const extension = valueIn(resource, path.schema)
  const changed = changedAttribute(type, isObject(extension) ? extension : {}, place, change)
  return assigned(resource, path.schema, Object.keys(changed).length === 0 ? undefined : changed)
}

/** All attributes of the resource's own schema, or of an extension, by its URN. */
function changedSchema(
  type: ResourceType,
  resource: JsonObject,
  { schema }: AttributePath,
  { op, value }: Change,
): JsonObject {
  if (schema === undefined) {
    if (op === 'remove') throw new ScimError(400, 'To remove something, send its path.', 'noTarget')
    return withAll(type, resource, op, value)
  }
  if (op === 'remove' || value === null) return assigned(resource, schema, undefined)
  if (!isObject(value)) throw new ScimError(400, 'A schema has an object of attributes.', 'invalidValue')
  let changed = resource
  for (const [name, one] of Object.entries(value)) {
    const named = { ...changed, [schema]: valueIn(changed, schema) ?? {} }
    changed = changedAt(type, changed, `${schema}:${name}`, { op, value: one, explicit: false }, named)
  }
  return changed
}

type Place = Omit<ListChange, 'op' | 'value' | 'definition' | 'before'> & {
  schema?: string
  attribute: string
}

function changedAttribute(
  type: ResourceType,
  holder: JsonObject,
  { schema, attribute, sub, filter }: Place,
  { op, value, explicit }: Change,
): JsonObject {
  const definition = attributeIn(attributesOf(type, schema), attribute)
  const name = definition?.name ?? keyIn(holder, attribute) ?? attribute
  if (definition?.mutability === 'readOnly') {
    // Clients send whole resources back; only who names such an attribute means to change it.
    if (explicit && name !== 'schemas')
      throw new ScimError(400, `The service sets ${name}; clients cannot.`, 'mutability')
    return holder
  }
  // A password is not kept (RFC 7643, section 4.1.1).
  if (definition?.mutability === 'writeOnly') return holder
  const before = valueIn(holder, name)
  const isList = definition === undefined ? Array.isArray(before) : definition.multiValued === true
  if (filter !== undefined && definition !== undefined && !isList)
    throw new ScimError(400, `${name} is no list; use a path without a filter.`, 'invalidPath')
  const next =
    isList || filter !== undefined
      ? changedList({ op, value, definition, before, filter, sub })
      : changedSingle({ op, value, definition, before, sub })
  if (definition?.required && op !== 'add' && next === undefined && before !== undefined && !isList)
    throw new ScimError(400, `${name} is required and cannot be removed.`, 'mutability')
  return assigned(holder, name, next)
}

function changedSingle({ op, value, definition, before, sub }: Omit<ListChange, 'filter'>): Json | undefined {
  if (sub !== undefined) {
    const own = attributeIn(definition?.subAttributes ?? [], sub)
    const holder = isObject(before) ? before : {}
    const key = own?.name ?? keyIn(holder, sub) ?? sub
    return attributeValue(
      definition,
      assigned(holder, key, op === 'remove' ? undefined : attributeValue(own, value, definition)),
    )
  }
  if (op === 'remove') return undefined
  const next = attributeValue(definition, value)
  if (!isObject(before) || !isObject(next) || !isObject(value)) return next
  // RFC 7644, section 3.5.2.3: the sub-attributes that are sent change, null unassigns, the others stay.
  const merged = Object.entries(value).reduce((all, [key, one]) => {
    const own = attributeIn(definition?.subAttributes ?? [], key)
    return assigned(all, own?.name ?? keyIn(all, key) ?? key, attributeValue(own, one, definition))
  }, before)
  return attributeValue(definition, merged)
}
