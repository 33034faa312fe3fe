import {
  type DescField,
  type DescMessage,
  type DescMethod,
  isFieldSet,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf'
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt'
import { Code } from '@connectrpc/connect'
import { apiError } from './errors.js'
import { findField, maskField } from './field-mask.js'
import { type HttpBinding, httpBindings } from './http-rule.js'
import { isJsonObject } from './json.js'
import { PathValueError } from './path-template.js'
import { formatQuery } from './query-params.js'
import { registry } from './services.js'

/** A call as its HTTP rule writes it. */
export interface RestRequest {
  readonly verb: HttpBinding['verb']
  readonly path: string
  readonly query: string
  readonly body: string | null
}

/**
 * Writes a call as its HTTP rule says: fields of the path, then the body, and the rest in the query.
 * Source: google/api/http.proto, "Rules for HTTP mapping".
 * @throws {ConnectError} Unimplemented without a rule, InvalidArgument for a value that the path cannot hold
 */
export function restRequest(method: DescMethod, message: Message): RestRequest {
  const json = fieldsOf(method.input, message)
  const binding = chooseBinding(httpBindings(method), json)
  if (!binding) throw apiError(Code.Unimplemented, `${method.name} has no HTTP rule`)
  try {
    const path = binding.path.expand((field) => textOf(json[field]))
    for (const field of binding.path.fields) delete json[field]
    const body = takeBody(method.input, binding, json)
    const query = formatQuery(method.input, json).toString()
    return { verb: binding.verb, path, query, body: body === undefined ? null : JSON.stringify(body) }
  } catch (error) {
    if (error instanceof PathValueError || error instanceof TypeError) {
      throw apiError(Code.InvalidArgument, error.message, { cause: error })
    }
    throw error
  }
}

/** Most lists are asked for without a field: there is nothing to write then. */
function fieldsOf(desc: DescMessage, message: Message): JsonObject {
  if (!desc.fields.some((field) => isFieldSet(message, field))) return {}
  const json = toJson(desc, message, { registry, useProtoFieldName: true })
  return isJsonObject(json) ? json : {}
}

/** An additional binding serves the call that has its path's fields, such as `external_id` instead of `id`. */
function chooseBinding(bindings: readonly HttpBinding[], json: JsonObject): HttpBinding | undefined {
  const complete = bindings.find(({ path }) => path.fields.every((field) => textOf(json[field])))
  return complete ?? bindings[0]
}

function textOf(value: JsonValue | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value)
}

function takeBody(input: DescMessage, binding: HttpBinding, json: JsonObject): JsonValue | undefined {
  if (binding.body === '') return undefined
  if (binding.body === '*') {
    const body = { ...json }
    for (const name of Object.keys(json)) delete json[name]
    return body
  }
  const field = findField(input, binding.body)
  if (!field) return undefined
  const body = json[field.name] ?? emptyOf(field)
  delete json[field.name]
  if (field.fieldKind === 'message' && isJsonObject(body)) {
    const mask = textOf(json[maskField(input)?.name ?? ''])
    for (const path of mask?.split(',') ?? []) nameInBody(field.message, body, path.split('.'))
  }
  return body
}

/** ProtoJSON leaves out what is empty, but a masked field that is empty is the point: it clears the value. */
function nameInBody(desc: DescMessage, body: JsonObject, [name = '', ...rest]: string[]): void {
  const field = findField(desc, name)
  if (!field) return
  const value = body[field.name]
  if (value === undefined)
    body[field.name] = rest.length > 0 && field.fieldKind === 'message' ? {} : emptyOf(field)
  const inner = body[field.name]
  if (rest.length > 0 && field.fieldKind === 'message' && isJsonObject(inner))
    nameInBody(field.message, inner, rest)
}

function emptyOf(field: DescField): JsonValue {
  if (field.fieldKind === 'list') return []
  if (field.fieldKind === 'map') return {}
  if (field.fieldKind === 'message' || field.presence !== FeatureSet_FieldPresence.IMPLICIT) return null
  if (field.fieldKind === 'enum') return 0
  if (field.scalar === ScalarType.BOOL) return false
  return field.scalar === ScalarType.STRING || field.scalar === ScalarType.BYTES ? '' : 0
}
