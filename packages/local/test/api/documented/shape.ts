import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt'

/** What was met on the way, so that a check that met nothing is seen. */
export const met = { int64: 0, enum: 0, timestamp: 0, implicit: 0 }

const LONG = [ScalarType.INT64, ScalarType.UINT64, ScalarType.SINT64, ScalarType.FIXED64, ScalarType.SFIXED64]
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3,9})?Z$/

/** google.protobuf's own types, whose JSON is not an object with their fields. */
const WELL_KNOWN: Readonly<Record<string, (value: unknown) => boolean>> = {
  'google.protobuf.Timestamp': (value) => {
    met.timestamp += 1
    return typeof value === 'string' && RFC_3339.test(value)
  },
  'google.protobuf.Duration': (value) => typeof value === 'string' && /^-?\d+(\.\d+)?s$/.test(value),
  'google.protobuf.FieldMask': (value) => typeof value === 'string',
  'google.protobuf.Struct': (value) => isObject(value),
  'google.protobuf.Value': () => true,
  'google.protobuf.ListValue': Array.isArray,
  'google.protobuf.Any': (value) => isObject(value) && typeof value['@type'] === 'string',
  'google.protobuf.BoolValue': (value) => typeof value === 'boolean',
  'google.protobuf.StringValue': (value) => typeof value === 'string',
  'google.protobuf.Int32Value': Number.isInteger,
  'google.protobuf.Int64Value': isLong,
}

/**
 * What is wrong with the JSON of a message as the REST API documents it: names of the .proto file, fields with a
 * default value present, 64-bit integers as text, enums by name, times in RFC 3339.
 * @param implicit whether fields with a default value have to be there
 */
export function shapeProblems(desc: DescMessage, json: unknown, implicit = true, at = desc.name): string[] {
  const wellKnown = WELL_KNOWN[desc.typeName]
  if (wellKnown) return wellKnown(json) ? [] : [`${at} is no ${desc.name}: ${JSON.stringify(json)}`]
  if (!isObject(json)) return [`${at} is no object: ${JSON.stringify(json)}`]
  const fields = new Map(desc.fields.map((field) => [field.name, field]))
  const unknown = Object.keys(json).filter((name) => !fields.has(name))
  const missing = desc.fields.filter((field) => isImplicit(field) && !(field.name in json))
  met.implicit += desc.fields.filter(isImplicit).length - missing.length
  return [
    ...unknown.map((name) => `${at}.${name} is not a name of ${desc.typeName}`),
    ...(implicit ? missing.map(({ name }) => `${at}.${name} is missing`) : []),
    ...Object.entries(json).flatMap(([name, value]) => {
      const field = fields.get(name)
      return field ? fieldProblems(field, value, implicit, `${at}.${name}`) : []
    }),
  ]
}

/** Lists, maps, and fields that cannot tell a default value from none (proto3 without `optional`). */
function isImplicit(field: DescField): boolean {
  if (field.oneof !== undefined || field.fieldKind === 'message') return false
  if (field.fieldKind === 'list' || field.fieldKind === 'map') return true
  return field.presence === FeatureSet_FieldPresence.IMPLICIT
}

function fieldProblems(field: DescField, value: unknown, implicit: boolean, at: string): string[] {
  if (field.fieldKind === 'list') {
    if (!Array.isArray(value)) return [`${at} is no list`]
    return value.flatMap((one, index) => elementProblems(field, one, implicit, `${at}[${index}]`))
  }
  if (field.fieldKind === 'map') {
    if (!isObject(value)) return [`${at} is no map`]
    return Object.values(value).flatMap((one) => elementProblems(field, one, implicit, `${at}{}`))
  }
  return elementProblems(field, value, implicit, at)
}

function elementProblems(field: DescField, value: unknown, implicit: boolean, at: string): string[] {
  if (field.message) return shapeProblems(field.message, value, implicit, at)
  if (field.enum) {
    met.enum += 1
    const known = field.enum.values.some(({ name }) => name === value)
    return known ? [] : [`${at} is no name of ${field.enum.typeName}: ${JSON.stringify(value)}`]
  }
  return isScalar(field.scalar, value) ? [] : [`${at} has the wrong type: ${JSON.stringify(value)}`]
}

function isScalar(scalar: ScalarType | undefined, value: unknown): boolean {
  if (scalar === undefined) return false
  if (LONG.includes(scalar)) return isLong(value)
  if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) return typeof value === 'string'
  if (scalar === ScalarType.BOOL) return typeof value === 'boolean'
  return typeof value === 'number'
}

function isLong(value: unknown): boolean {
  met.int64 += 1
  return typeof value === 'string' && /^-?\d+$/.test(value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
