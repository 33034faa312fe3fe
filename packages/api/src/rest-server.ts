import type { IncomingMessage, ServerResponse } from 'node:http'
import { type DescService, toJson } from '@bufbuild/protobuf'
import { Code, ConnectError, type Transport } from '@connectrpc/connect'
import { CREATED } from './created.js'
import { errorToJson } from './error-json.js'
import { apiError, errorInfo, httpStatus } from './errors.js'
import { undefinedInJson } from './refuse-undefined.js'
import { readInput } from './rest-input.js'
import { createRoutes, type FoundRoute } from './rest-routes.js'
import { registry } from './services.js'

export interface TranscoderOptions {
  readonly services: readonly DescService[]
  /**
   * Where the handlers are: Connect's `createRouterTransport`, so that REST passes the same interceptors. `refuseUndefined` must
   * be one of them.
   */
  readonly transport: Transport
}

export type RestHandler = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void

const MAX_BODY_BYTES = 1024 * 1024

/** Headers that belong to one connection (RFC 9110 section 7.6.1), to one body, or to HTTP/2 itself. */
const NOT_PASSED =
  /^(?::.*|connection|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|accept.*|content-.*)$/

/**
 * Serves the REST form of the management API, as the hosted one writes it: snake_case names, implicit
 * fields, int64 as text, enums by name, errors as `{code,message,details}`. Paths that are none of the API's
 * go to `next`.
 */
export function createTranscoder({ services, transport }: TranscoderOptions): RestHandler {
  const routes = createRoutes(services)
  return (req, res, next) => {
    const { pathname, searchParams } = splitUrl(req.url ?? '/')
    const route = routes.find(req.method ?? 'GET', pathname)
    if (route) {
      answer(transport, route, searchParams, req, res).catch(next)
      return
    }
    const verbs = routes.verbs(pathname)
    if (verbs.length === 0) return next()
    res.setHeader('allow', verbs.join(', '))
    sendError(res, apiError(Code.Unimplemented, `This path answers to ${verbs.join(', ')} only`))
  }
}

/** Not `new URL`: that would resolve dot segments before the path is matched. */
function splitUrl(url: string) {
  const at = url.indexOf('?')
  const pathname = at === -1 ? url : url.slice(0, at)
  return { pathname, searchParams: new URLSearchParams(at === -1 ? '' : url.slice(at + 1)) }
}

async function answer(
  transport: Transport,
  route: FoundRoute,
  query: URLSearchParams,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  res.once('close', () => gone.abort())
  try {
    const input = readInput(route, query, await readBody(req, res))
    const header = passed(headersOf(req))
    const response = await undefinedInJson.run(input.undefined, () =>
      transport.unary(route.method, gone.signal, undefined, header, input.message),
    )
    copyHeaders(res, response.header, response.trailer)
    const json = toJson(route.method.output, response.message, {
      registry,
      useProtoFieldName: true,
      alwaysEmitImplicit: true,
    })
    const created = CREATED.has(`${route.method.parent.typeName}.${route.method.name}`)
    sendJson(res, created ? 201 : 200, json)
  } catch (error) {
    const failure = ConnectError.from(error, Code.Internal)
    copyHeaders(res, failure.metadata)
    sendError(res, failure)
  }
}

/** What follows a body that is too large is not read: the connection ends with the answer. */
async function readBody(req: IncomingMessage, res: ServerResponse): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) {
      if (req.httpVersionMajor === 1) res.setHeader('connection', 'close')
      throw apiError(Code.InvalidArgument, 'The body is larger than 1 MB')
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function headersOf(req: IncomingMessage): [string, string][] {
  return Object.entries(req.headers).flatMap(([name, values = []]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  )
}

function passed(entries: Iterable<[string, string]>): Headers {
  const header = new Headers()
  for (const [name, value] of entries) if (!NOT_PASSED.test(name)) header.append(name, value)
  return header
}

function copyHeaders(res: ServerResponse, ...headers: Headers[]): void {
  for (const header of headers) for (const [name, value] of passed(header)) res.setHeader(name, value)
}

function sendError(res: ServerResponse, error: ConnectError): void {
  const typed = errorInfo(error) ? error : apiError(error.code, error.rawMessage)
  sendJson(res, httpStatus(typed.code), errorToJson(typed))
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  if (res.destroyed) return
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
