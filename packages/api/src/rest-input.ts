import { fromJson, type JsonObject, type JsonValue, type Message } from '@bufbuild/protobuf'
import { Code } from '@connectrpc/connect'
import { apiError, type FieldViolation } from './errors.js'
import { findField, maskField, pathsOf } from './field-mask.js'
import { isIgnored } from './ignored-names.js'
import { emptyJsonObject, isJsonObject, parseJson } from './json.js'
import { parseQuery, valueOfText } from './query-params.js'
import type { FoundRoute } from './rest-routes.js'
import { registry } from './services.js'
import { undefinedNames, unknownField } from './undefined-json.js'

export interface RestInput {
  readonly message: Message
  /** What the request names and the API does not define. */
  readonly undefined: readonly FieldViolation[]
}

/**
 * Reads the message of a REST call: query, then body, then path, each over the one before it. A PATCH or PUT
 * whose mask is not given gets the fields that its body names.
 * Source: google/api/http.proto, "Rules for HTTP mapping"; grpc-gateway for the mask.
 * @throws {ConnectError} InvalidArgument for what is not JSON or not of the field's type
 */
export function readInput(route: FoundRoute, query: URLSearchParams, bodyText: string): RestInput {
  const { method, binding, values } = route
  const { json, unknown } = parseQuery(method.input, query)
  const body = binding.body === '' ? [] : addBody(route, json, bodyText)
  for (const [name, value] of values) {
    const field = findField(method.input, name)
    if (field) json[field.name] = valueOfText(field, value)
  }
  const violations = [...unknown, ...body, ...undefinedNames(method.input, json)].filter(
    ({ field }) => !isIgnored(method, field),
  )
  try {
    const message = fromJson(method.input, json, { registry, ignoreUnknownFields: true })
    return { message, undefined: violations.map((one) => explainWrapper(route, one)) }
  } catch (error) {
    throw apiError(Code.InvalidArgument, withoutValue(error), { cause: error })
  }
}

/** Adds what the body says, and returns the names that the message does not have. */
function addBody({ method, binding }: FoundRoute, json: JsonObject, text: string): FieldViolation[] {
  const body = text.trim() === '' ? emptyJsonObject() : parseJson(text)
  if (body === undefined) throw apiError(Code.InvalidArgument, 'The body is not JSON')
  if (binding.body === '*') {
    if (!isJsonObject(body)) throw apiError(Code.InvalidArgument, 'The body must be a JSON object')
    return Object.entries(body).flatMap(([name, value]) => {
      const field = findField(method.input, name)
      if (!field) return [unknownField(name, method.input)]
      json[field.name] = value
      return []
    })
  }
  const field = findField(method.input, binding.body)
  if (!field) return []
  json[field.name] = body
  if (['PATCH', 'PUT'].includes(binding.verb) && field.fieldKind === 'message')
    fillMask(method.input, json, field.message, body)
  return []
}

/** Where the body is one field of the request, callers put the name of that field around it by mistake. */
function explainWrapper({ method, binding }: FoundRoute, violation: FieldViolation): FieldViolation {
  const [first, name = '', ...deeper] = violation.field.split('.')
  const isWrapper =
    first === binding.body && deeper.length === 0 && findField(method.input, name)?.name === first
  if (!isWrapper || violation.constraint !== 'unknown_field') return violation
  const description = `${violation.description}: the body is ${JSON.stringify(first)} itself, so send its fields without it`
  return { ...violation, description }
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
