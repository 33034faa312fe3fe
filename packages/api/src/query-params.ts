import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from '@bufbuild/protobuf'
import { FieldMaskSchema } from '@bufbuild/protobuf/wkt'
import type { FieldViolation } from './errors.js'
import { findField, isPlainMessage } from './field-mask.js'
import { emptyJsonObject, isJsonObject } from './json.js'
import { unknownField } from './undefined-json.js'

/**
 * Reads query parameters into the JSON of a message: `a.b=1` for nested fields, repeated keys for lists,
 * `map[key]=v` for maps, both spellings of a name. `unknown` has the parameters that the message does not define.
 * Source: google/api/http.proto, "Rules for HTTP mapping", and grpc-gateway's spelling of maps.
 */
export function parseQuery(
  desc: DescMessage,
  query: URLSearchParams,
): { readonly json: JsonObject; readonly unknown: readonly FieldViolation[] } {
  const json = emptyJsonObject()
  const unknown: FieldViolation[] = []
  for (const [key, value] of query) {
    const [, path = '', mapKey] = /^([^[\]]+)(?:\[([^[\]]*)\])?$/.exec(key) ?? []
    if (!setAt(desc, json, path.split('.'), mapKey, value)) unknown.push(unknownField(key, desc))
  }
  return { json, unknown }
}

/** Returns whether the message has such a field. */
function setAt(
  desc: DescMessage,
  json: JsonObject,
  path: string[],
  mapKey: string | undefined,
  value: string,
): boolean {
  const [name = '', ...rest] = path
  const field = findField(desc, name)
  if (!field) return false
  if (rest.length > 0) {
    if (field.fieldKind !== 'message' || !isPlainMessage(field.message)) return false
    return setAt(field.message, objectAt(json, field.name), rest, mapKey, value)
  } else if (field.fieldKind === 'map') {
    if (mapKey === undefined) return false
    objectAt(json, field.name)[mapKey] = valueOfText(field, value)
  } else if (field.fieldKind === 'list') {
    const list = json[field.name]
    json[field.name] = [...(Array.isArray(list) ? list : []), valueOfText(field, value)]
  } else {
    json[field.name] = valueOfText(field, value)
  }
  return true
}

function objectAt(json: JsonObject, name: string): JsonObject {
  const known = json[name]
  if (isJsonObject(known)) return known
  const made = emptyJsonObject()
  json[name] = made
  return made
}

/** The JSON of one value that arrived as text. Numbers may stay text: ProtoJSON reads them as such. */
export function valueOfText(field: DescField, text: string): JsonValue {
  if (field.scalar === ScalarType.BOOL || field.message?.typeName === 'google.protobuf.BoolValue') {
    if (text === 'true' || text === '1') return true
    if (text === 'false' || text === '0') return false
  }
  if (field.enum && /^-?\d+$/.test(text)) return Number(text)
  if (field.message?.typeName === FieldMaskSchema.typeName) {
    return text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  }
  return text
}

/**
 * Writes the JSON of a message as query parameters, the inverse of {@link parseQuery}.
 * @param json as ProtoJSON writes it, with the field names of the schema
 * @throws {TypeError} for a field that has no form in a query (a list of messages, a Struct)
 */
export function formatQuery(desc: DescMessage, json: JsonObject): URLSearchParams {
  const query = new URLSearchParams()
  addFields(query, desc, json, '')
  return query
}

function addFields(query: URLSearchParams, desc: DescMessage, json: JsonObject, prefix: string): void {
  for (const [name, value] of Object.entries(json)) {
    const field = findField(desc, name)
    if (field) addField(query, field, prefix + field.name, value)
  }
}

function addField(query: URLSearchParams, field: DescField, key: string, value: JsonValue): void {
  if (field.fieldKind === 'map' && isJsonObject(value)) {
    for (const [entry, item] of Object.entries(value)) query.append(`${key}[${entry}]`, scalarText(key, item))
  } else if (Array.isArray(value)) {
    for (const item of value) query.append(key, scalarText(key, item))
  } else if (field.message && isJsonObject(value) && isPlainMessage(field.message)) {
    addFields(query, field.message, value, `${key}.`)
  } else if (field.message?.typeName === FieldMaskSchema.typeName) {
    query.append(key, snakeCase(scalarText(key, value)))
  } else {
    query.append(key, scalarText(key, value))
  }
}

function scalarText(key: string, value: JsonValue): string {
  if (typeof value === 'object') throw new TypeError(`${key} has no form in a query`)
  return String(value)
}

function snakeCase(paths: string): string {
  return paths.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
