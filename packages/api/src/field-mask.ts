import type { DescField, DescMessage, JsonObject } from '@bufbuild/protobuf'
import { FieldMaskSchema, isWrapperDesc } from '@bufbuild/protobuf/wkt'
import { isJsonObject } from './json.js'

/** The field of a request that says which fields of its body count, `update_mask` or `mask`. */
export function maskField(input: DescMessage): DescField | undefined {
  return input.fields.find((field) => field.message?.typeName === FieldMaskSchema.typeName)
}

/** A field by either of its names: `display_name` or `displayName`. */
export function findField(desc: DescMessage, name: string): DescField | undefined {
  return desc.fields.find((field) => field.name === name || field.jsonName === name)
}

/**
 * The paths of all fields that a JSON body names, as the gateway of the hosted API fills the mask of a
 * PATCH: nested messages by their leaves, lists and maps as a whole, `null` like any other value.
 * Source: grpc-gateway, `FieldMaskFromRequestBody`.
 */
export function pathsOf(desc: DescMessage, body: JsonObject): string[] {
  return Object.entries(body).flatMap(([name, value]) => {
    const field = findField(desc, name)
    if (!field) return []
    if (!isNested(field) || !isJsonObject(value)) return [field.name]
    const inner = pathsOf(field.message, value)
    return inner.length === 0 ? [field.name] : inner.map((path) => `${field.name}.${path}`)
  })
}

/** Messages whose JSON is an object with their own fields; google.protobuf's own types are written differently. */
function isNested(field: DescField): field is DescField & { fieldKind: 'message'; message: DescMessage } {
  return field.fieldKind === 'message' && isPlainMessage(field.message)
}

export function isPlainMessage(desc: DescMessage): boolean {
  return !desc.typeName.startsWith('google.protobuf.') && !isWrapperDesc(desc)
}
