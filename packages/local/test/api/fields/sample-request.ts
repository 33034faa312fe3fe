import {
  type DescField,
  type DescMethod,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
} from '@bufbuild/protobuf'
import { httpBindings, type RequestField } from '@scalekit-mcp/api'

/** A request with one field that asks for something, and whatever its URL needs. */
export function sampleRequest(
  method: DescMethod,
  { fields }: RequestField,
  accepted: readonly unknown[],
): Message {
  const [first, ...inner] = fields
  if (first === undefined) throw new Error(`${method.name} has no such field`)
  const inUrl = (httpBindings(method)[0]?.path.fields ?? []).map((name) => [name, 'x'] as const)
  const json: JsonObject = { ...Object.fromEntries(inUrl), [first.name]: within(first, inner, accepted) }
  return fromJson(method.input, json)
}

function within(
  field: DescField,
  [next, ...inner]: readonly DescField[],
  accepted: readonly unknown[],
): JsonValue {
  const value = next === undefined ? sample(field, accepted) : { [next.name]: within(next, inner, accepted) }
  return field.fieldKind === 'list' ? [value] : value
}

function sample(field: DescField, accepted: readonly unknown[]): JsonValue {
  if (field.fieldKind === 'map') return { key: 'value' }
  if (field.enum)
    return field.enum.values.find(({ number }) => number > 0 && !accepted.includes(number))?.name ?? 1
  const type = field.message?.typeName
  if (type !== undefined) return WELL_KNOWN[type] ?? !accepted.includes(true)
  if (field.scalar === ScalarType.BOOL) return !accepted.includes(true)
  return field.scalar === ScalarType.STRING ? 'x' : 1
}

/** How the types of `google.protobuf` are written in JSON; those that are not here are written as a boolean. */
const WELL_KNOWN: Readonly<Record<string, JsonValue>> = {
  'google.protobuf.StringValue': 'x',
  'google.protobuf.UInt32Value': 1,
  'google.protobuf.Int32Value': 1,
  'google.protobuf.Struct': { key: 'value' },
  'google.protobuf.Timestamp': '2030-01-01T00:00:00Z',
  'google.protobuf.Duration': '1s',
}
