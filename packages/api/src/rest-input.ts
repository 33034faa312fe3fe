import { fromJson, type JsonObject, type JsonValue, type Message } from '@bufbuild/protobuf'
import { Code } from '@connectrpc/connect'
import { apiError } from './errors.js'
import { findField, maskField, pathsOf } from './field-mask.js'
import { emptyJsonObject, isJsonObject, parseJson } from './json.js'
import { parseQuery, valueOfText } from './query-params.js'
import type { FoundRoute } from './rest-routes.js'
import { registry } from './services.js'

/**
 * Reads the message of a REST call: query, then body, then path, each over the one before it. A PATCH whose
 * mask is not given gets the fields that its body names.
 * Source: google/api/http.proto, "Rules for HTTP mapping"; grpc-gateway for the mask.
 * @throws {ConnectError} InvalidArgument for what is not JSON or not of the field's type
 */
export function readInput(route: FoundRoute, query: URLSearchParams, bodyText: string): Message {
  const { method, binding, values } = route
  const json = parseQuery(method.input, query)
  if (binding.body !== '') addBody(route, json, bodyText)
  for (const [name, value] of values) {
    const field = findField(method.input, name)
    if (field) json[field.name] = valueOfText(field, value)
  }
  try {
    return fromJson(method.input, json, { registry, ignoreUnknownFields: true })
  } catch (error) {
    throw apiError(Code.InvalidArgument, withoutValue(error), { cause: error })
  }
}

function addBody({ method, binding }: FoundRoute, json: JsonObject, text: string): void {
  const body = text.trim() === '' ? emptyJsonObject() : parseJson(text)
  if (body === undefined) throw apiError(Code.InvalidArgument, 'The body is not JSON')
  if (binding.body === '*') {
    if (!isJsonObject(body)) throw apiError(Code.InvalidArgument, 'The body must be a JSON object')
    for (const [name, value] of Object.entries(body)) {
      const field = findField(method.input, name)
      if (field) json[field.name] = value
    }
    return
  }
  const field = findField(method.input, binding.body)
  if (!field) return
  json[field.name] = body
  if (binding.verb === 'PATCH' && field.fieldKind === 'message')
    fillMask(method.input, json, field.message, body)
}

function fillMask(
  input: FoundRoute['method']['input'],
  json: JsonObject,
  desc: FoundRoute['method']['input'],
  body: JsonValue,
): void {
  const mask = maskField(input)
  if (!mask || json[mask.name] !== undefined || !isJsonObject(body)) return
  json[mask.name] = valueOfText(mask, pathsOf(desc, body).join(','))
}

/** The library's message says which field it is and goes on to quote the value, which may be a secret. */
function withoutValue(error: unknown): string {
  const field = /^cannot decode (?:field|message) ([\w.]+)/.exec(error instanceof Error ? error.message : '')
  return field
    ? `The value of ${field[1]} is not of its type`
    : 'The request is not of the type of this method'
}
