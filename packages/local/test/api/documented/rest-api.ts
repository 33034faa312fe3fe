import type { DescMethod } from '@bufbuild/protobuf'
import { errdetails, httpBindings, services } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { DEV, type Local } from '../local.js'
import { DOCUMENTED } from './operations.js'
import { shapeProblems } from './shape.js'

/** The fields of a request by their names in the .proto file. */
type Fields = Record<string, unknown>

/** Source: google/rpc/code.proto. */
const STATUS: Readonly<Record<string, [code: number, status: number]>> = {
  INVALID_ARGUMENT: [3, 400],
  NOT_FOUND: [5, 404],
  ALREADY_EXISTS: [6, 409],
  FAILED_PRECONDITION: [9, 400],
  UNIMPLEMENTED: [12, 501],
  UNAUTHENTICATED: [16, 401],
}

/** Calls documented operations over REST as their HTTP rules say, and checks what comes back. */
export interface RestApi {
  /** Expects the documented status and shape; gives the answer. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there
  ok(operation: string, fields?: Fields): Promise<any>
  /** Expects an error of the API. */
  fails(code: keyof typeof STATUS, operation: string, fields?: Fields): Promise<void>
  /** The operations that were seen to succeed, and to fail. */
  readonly seen: { ok: Set<string>; failed: Set<string> }
}

const METHODS = new Map(
  services.flatMap((service) => service.methods.map((method) => [`${service.name}.${method.name}`, method])),
)

export async function openRestApi(local: Local): Promise<RestApi> {
  const token = await local.client(DEV)
  const seen = { ok: new Set<string>(), failed: new Set<string>() }
  const call = async (operation: string, fields: Fields, authorized: boolean) => {
    const method = METHODS.get(operation)
    if (!method || !(operation in DOCUMENTED)) throw new Error(`${operation} is not a documented operation`)
    const { verb, path, body } = requestOf(method, fields)
    const answer = await local.rest(verb, `/${DEV}${path}`, { ...(authorized ? { token } : {}), body })
    expect(answer.headers.get('content-type'), operation).toMatch(/^application\/json/)
    return { method, ...answer }
  }
  return {
    seen,
    async ok(operation, fields = {}) {
      const { method, status, body } = await call(operation, fields, true)
      expect([operation, status, body]).toEqual([operation, DOCUMENTED[operation], body])
      expect(shapeProblems(method.output, body)).toEqual([])
      seen.ok.add(operation)
      return body
    },
    async fails(errorCode, operation, fields = {}) {
      const { status, body } = await call(operation, fields, errorCode !== 'UNAUTHENTICATED')
      const [code, expected] = STATUS[errorCode] ?? []
      expect([operation, status, body]).toEqual([operation, expected, body])
      expect(Object.keys(body).sort(), operation).toEqual(['code', 'details', 'message'])
      expect(body, operation).toMatchObject({ code, message: expect.stringMatching(/\S/) })
      const [{ '@type': type, ...info }, ...more] = body.details
      expect([type, info.error_code, more], operation).toEqual([
        'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo',
        errorCode,
        [],
      ])
      expect(shapeProblems(errdetails.ErrorInfoSchema, info, false)).toEqual([])
      seen.failed.add(operation)
    },
  }
}

/** The request of a method as its first HTTP rule writes it: the path, then the body, and the rest in the query. */
function requestOf(method: DescMethod, fields: Fields): { verb: string; path: string; body: unknown } {
  const [rule] = httpBindings(method)
  if (!rule) throw new Error(`${method.name} has no HTTP rule`)
  const rest = { ...fields }
  const path = rule.path.source.replace(/\{(\w+)[^}]*\}/g, (_variable, name: string) => {
    const value = String(rest[name])
    delete rest[name]
    return encodeURIComponent(value)
  })
  if (rule.body === '*') return { verb: rule.verb, path, body: rest }
  const { [rule.body]: body, ...others } = rest
  const query = new URLSearchParams(
    Object.entries(others).map(([name, value]): [string, string] => [name, String(value)]),
  )
  return { verb: rule.verb, path: query.size > 0 ? `${path}?${query}` : path, body }
}
