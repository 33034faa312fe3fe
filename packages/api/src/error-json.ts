import {
  create,
  fromBinary,
  fromJson,
  type JsonObject,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf'
import { ConnectError } from '@connectrpc/connect'
import { AnsweredError } from './answer-status.js'
import { codeOfStatus, knownCode } from './errors.js'
import { isJsonObject } from './json.js'
import { registry } from './services.js'

const TYPE_URL = 'type.googleapis.com/'

/**
 * An error as the REST API writes it:
 * `{"code":5,"message":"…","details":[{"@type":"type.googleapis.com/scalekit.v1.errdetails.ErrorInfo",…}]}`.
 * A detail of a type that the API does not have is left out.
 */
export function errorToJson(error: ConnectError): JsonObject {
  const details = error.details.flatMap((detail): JsonObject[] => {
    const desc = 'desc' in detail ? detail.desc : registry.getMessage(detail.type)
    if (!desc) return []
    const message = 'desc' in detail ? create(desc, detail.value) : fromBinary(desc, detail.value)
    const json = toJson(desc, message, { registry, useProtoFieldName: true })
    return isJsonObject(json) ? [{ '@type': TYPE_URL + desc.typeName, ...json }] : []
  })
  return { code: error.code, message: error.rawMessage, details }
}

/**
 * The typed error for an answer that is not a success. Where the body is not an error of the API, nothing
 * of it is repeated: it may be a proxy's page, or a stack trace.
 * @param body the parsed body, undefined when it is not JSON
 */
export function errorFromJson(status: number, body: JsonValue | undefined, header: Headers): ConnectError {
  if (!isJsonObject(body) || typeof body.message !== 'string') {
    const message = `HTTP ${status} without an error of the API`
    return new ConnectError(message, codeOfStatus(status), header, undefined, new AnsweredError(status))
  }
  const code = knownCode(body.code) ?? codeOfStatus(status)
  const error = new ConnectError(body.message, code, header, undefined, new AnsweredError(status))
  error.details.push(...(Array.isArray(body.details) ? body.details : []).flatMap(incomingDetail))
  return error
}

function incomingDetail(detail: JsonValue): { type: string; value: Uint8Array }[] {
  if (!isJsonObject(detail) || typeof detail['@type'] !== 'string') return []
  const { '@type': url, ...json } = detail
  const desc = registry.getMessage(String(url).slice(String(url).lastIndexOf('/') + 1))
  if (!desc) return []
  try {
    const message = fromJson(desc, json, { registry, ignoreUnknownFields: true })
    return [{ type: desc.typeName, value: toBinary(desc, message) }]
  } catch {
    return []
  }
}
