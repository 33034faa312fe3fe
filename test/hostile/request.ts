import { fill, type Names } from '../../packages/auth/test/hostile-values.js'
import { requestBytes } from '../../packages/auth/test/raw-http.js'
import { type BodyBuild, bodyBytes, bodyText } from './body.js'
import type { Era } from './corpus.js'
import { encodeBody } from './encode.js'
import type { Json } from './message.js'

type Header = [name: string, value: string]

/** How one request of the corpus is built; the grammar is at the head of the corpus. */
export interface RequestBuild extends BodyBuild {
  readonly method?: string
  readonly path?: string
  readonly auth?: string
  readonly headers?: Record<string, string | null>
  readonly raw_headers?: Header[]
  readonly tail_headers?: Header[]
  readonly junk_tail?: number
  readonly many_headers?: number
  readonly many_headers_short?: number
  readonly sync_headers?: boolean
  readonly legacy?: boolean
  readonly encode?: string | string[]
  readonly chunked?: boolean
  readonly hold_body?: boolean
  readonly declared_length?: number | string
  readonly raw?: string
  readonly slow?: string
  readonly sockets?: number
  readonly flood?: string
  readonly count?: number
}

export interface RequestDefaults {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly meta: Json
}

/** What a good client sends, where a corpus has no defaults of its own. */
export const DEFAULTS: RequestDefaults = {
  method: 'POST',
  path: '/mcp',
  headers: {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': '(body.method)',
    'mcp-name': '(body.params.name)',
  },
  meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'corpus', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  },
}

/** What a request is built with: `names.host`, and `names.token` where it has one. */
export interface RequestContext {
  readonly names: Names
  readonly era?: Era
  readonly defaults?: RequestDefaults
}

/** A whole request in the wire form of its era. A header value of the corpus is sent as it is written. */
export function buildRequest(build: RequestBuild, context: RequestContext): Buffer {
  const { names, era = 'modern', defaults = DEFAULTS } = context
  if (build.raw !== undefined) return exactBytes(fill(build.raw, names))
  const legacy = build.legacy === true || era === 'legacy'
  const text = bodyText(build, legacy ? undefined : defaults.meta, names)
  const coding = codingOf(build)
  const body = bodyBytes(build, text)
  return requestBytes({
    method: build.method ?? defaults.method,
    path: fill(build.path ?? defaults.path, names),
    headers: headersOf(build, text, legacy, context),
    body: coding === undefined ? body : encodeBody(body, coding),
    ...(build.chunked ? { chunked: true } : {}),
    ...(build.hold_body ? { holdBody: true } : {}),
    ...(build.declared_length === undefined ? {} : { declaredLength: String(build.declared_length) }),
  })
}

/** A call of a tool as a good client sends it. */
export function toolCall(name: string, args: Json, id: unknown = 1): RequestBuild {
  return { rpc: { method: 'tools/call', params: { name, arguments: args }, id } }
}

/** A character is a byte, unless the text has characters that no byte is. */
function exactBytes(text: string): Buffer {
  return Buffer.from(text, /^[\0-\xff]*$/.test(text) ? 'latin1' : 'utf8')
}

function codingOf({ encode, gzip_bomb }: RequestBuild): string | undefined {
  if (encode !== undefined) return [encode].flat().join(', ')
  return gzip_bomb === undefined ? undefined : 'gzip'
}

function headersOf(
  build: RequestBuild,
  text: string,
  legacy: boolean,
  { names, defaults = DEFAULTS }: RequestContext,
): Header[] {
  const coding = codingOf(build)
  const headers = new Map<string, string | null>([
    ['host', '{{host}}'],
    ...(names.token === undefined ? [] : ([['authorization', 'Bearer {{token}}']] as const)),
    ...defaultHeaders(build, text, legacy, defaults),
    ...(coding === undefined ? [] : ([['content-encoding', coding]] as const)),
    ...Object.entries(build.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const),
  ])
  const filled = ([name, value]: Header): Header => [fill(name, names), fill(value, names)]
  return [
    ...[...headers].flatMap(([name, value]) => (value === null ? [] : [filled([name, value])])),
    ...(build.raw_headers ?? []).map(filled),
    ...junk(build.many_headers, (i) => `x-junk-header-${i}`),
    // All of them have to fit into the 16 KiB that the parser accepts: their number is what is too large.
    ...junk(build.many_headers_short, shortName),
    ...junk(build.junk_tail, shortName),
    ...(build.tail_headers ?? []).map(filled),
  ]
}

const shortName = (i: number) => `x${i.toString(36)}`

function junk(count = 0, name: (i: number) => string): Header[] {
  return Array.from({ length: count }, (_, i) => [name(i), '1'])
}

function defaultHeaders(
  { sync_headers, rpc_patch }: RequestBuild,
  text: string,
  legacy: boolean,
  { headers }: RequestDefaults,
): [string, string][] {
  // A patched request keeps the headers of the valid one, unless they have to follow.
  const body = rpc_patch && !sync_headers ? { method: 'tools/list' } : messageIn(text)
  return Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    const path = /^\(body\.(.*)\)$/.exec(value)?.[1]
    if (path === undefined) return [[name, legacy && name === 'mcp-protocol-version' ? '2025-11-25' : value]]
    return legacy ? [] : headerOf(name, bodyMember(body, path), sync_headers)
  })
}

/** MCP 2026-07-28, streamable HTTP: Mcp-Name is the name of a tool or prompt, or the URI of a resource. */
function bodyMember(body: Json, path: string): unknown {
  const member = path.split('.').reduce<unknown>((value, name) => Object(value)[name], body)
  return path === 'params.name' ? (member ?? Object(body.params).uri) : member
}

/** A value that no header can carry is sent in the base64 form, where the case asks for headers that follow the body. */
function headerOf(name: string, value: unknown, sync = false): [string, string][] {
  if (value === undefined) return []
  const text = String(value)
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text)) return [[name, text]]
  return sync ? [[name, `=?base64?${Buffer.from(text).toString('base64')}?=`]] : []
}

/** The message in a body, or the first of a batch. */
function messageIn(text: string): Json {
  try {
    return Object([JSON.parse(text)].flat()[0])
  } catch {
    return {}
  }
}
