import { AsyncLocalStorage } from 'node:async_hooks'
import type { DescField } from '@bufbuild/protobuf'
import { isReflectMessage, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import type { Interceptor } from '@connectrpc/connect'
import { type FieldViolation, invalidFields } from './errors.js'
import { unknownValue } from './undefined-json.js'

/** What the JSON of a REST request names and its message cannot hold: the transcoder finds it, {@link refuseUndefined} refuses it. */
export const undefinedInJson = new AsyncLocalStorage<readonly FieldViolation[]>()

/**
 * Refuses what the API does not define: names in the JSON of a REST request, and numbers of enums, which are open in
 * proto3 and pass every encoding. Put it after the interceptor that authenticates the caller.
 * @throws {ConnectError} InvalidArgument with the names of the fields
 */
export const refuseUndefined: Interceptor = (next) => async (req) => {
  if (req.stream) return next(req)
  const inJson = undefinedInJson.getStore() ?? []
  const violations = [...inJson, ...inMessage(reflect(req.method.input, req.message), '')]
  if (violations.length > 0) throw invalidFields(violations)
  return next(req)
}

function inMessage(message: ReflectMessage, above: string): FieldViolation[] {
  return message.fields.flatMap((field) => {
    if (!(field.enum || field.message) || !message.isSet(field)) return []
    const path = above + field.name
    if (field.fieldKind === 'list') {
      return [...message.get(field)].flatMap((item, index) => inValue(field, item, `${path}[${index}]`))
    }
    if (field.fieldKind === 'map') {
      return [...message.get(field)].flatMap(([key, item]) => inValue(field, item, `${path}[${String(key)}]`))
    }
    return inValue(field, message.get(field), path)
  })
}

function inValue(field: DescField, value: unknown, path: string): FieldViolation[] {
  if (field.message) return isReflectMessage(value) ? inMessage(value, `${path}.`) : []
  if (!field.enum || field.enum.values.some(({ number }) => number === value)) return []
  return [unknownValue(path, field.enum)]
}
