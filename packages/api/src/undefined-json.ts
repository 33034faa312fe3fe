import type { DescEnum, DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf'
import type { FieldViolation } from './errors.js'
import { findField, isPlainMessage } from './field-mask.js'
import { isJsonObject } from './json.js'

/**
 * What the JSON of a request names and the API does not define: fields of a message, values of an enum. Protobuf's
 * reader can skip both, and the request would then mean something else than it says.
 * @param above the path of the message in its request, with a dot at its end
 */
export function undefinedNames(desc: DescMessage, json: JsonObject, above = ''): FieldViolation[] {
  return Object.entries(json).flatMap(([name, value]) => {
    const field = findField(desc, name)
    return field ? undefinedIn(field, value, above + field.name) : [unknownField(above + name, desc)]
  })
}

export function unknownField(path: string, { name }: DescMessage): FieldViolation {
  return { field: path, description: `is not a field of ${name}`, constraint: 'unknown_field' }
}

function undefinedIn(field: DescField, value: JsonValue, path: string): FieldViolation[] {
  if (field.fieldKind === 'list' && Array.isArray(value)) {
    return value.flatMap((item, index) => undefinedInValue(field, item, `${path}[${index}]`))
  }
  if (field.fieldKind === 'map' && isJsonObject(value)) {
    return Object.entries(value).flatMap(([key, item]) => undefinedInValue(field, item, `${path}[${key}]`))
  }
  return undefinedInValue(field, value, path)
}

function undefinedInValue(field: DescField, value: JsonValue, path: string): FieldViolation[] {
  if (field.message) {
    if (!isPlainMessage(field.message) || !isJsonObject(value)) return []
    return undefinedNames(field.message, value, `${path}.`)
  }
  if (!field.enum || isDefined(field.enum, value)) return []
  return [unknownValue(path, field.enum)]
}

/** Numbers reach the message, where `refuseUndefined` sees them. Values of another type are left to the reader. */
function isDefined({ values }: DescEnum, value: JsonValue): boolean {
  return typeof value !== 'string' || values.some(({ name }) => name === value)
}

/** An enum field that has a value which the API does not define. */
export function unknownValue(path: string, { values }: DescEnum): FieldViolation {
  const names = values.map(({ name }) => name).join(', ')
  return { field: path, description: `must be one of ${names}`, constraint: 'enum.defined_only' }
}
