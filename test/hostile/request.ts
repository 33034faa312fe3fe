import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { requestBytes } from '../../packages/auth/test/raw-http.js'
import type { Era } from './corpus.js'

type Json = Record<string, unknown>

/** How one request of the corpus is built; the grammar stands at the head of the corpus. */
export interface RequestBuild {
  readonly method?: string
  readonly path?: string
  readonly auth?: 'read' | 'full' | 'zero-scope' | 'none'
  readonly headers?: Record<string, string | null>
  readonly raw_headers?: [name: string, value: string][]
  readonly tail_headers?: [name: string, value: string][]
  readonly junk_tail?: number
  readonly sync_headers?: boolean
  readonly legacy?: boolean
  readonly rpc?: { method: unknown; params: Json; id?: unknown }
  readonly rpc_patch?: Json
  readonly body?: unknown
  readonly body_text?: string
  readonly body_hex?: string
  readonly body_utf16?: boolean
  readonly body_gen?: { prefix: string; unit: string; times: number; tail_unit?: string; suffix?: string }
  readonly body_keys?: number
  readonly batch?: number
  readonly pad_to?: number
  readonly encode?: string
  readonly chunked?: boolean
  readonly hold_body?: boolean
  readonly raw?: string
  readonly slow?: string
  readonly sockets?: number
  readonly flood?: string
  readonly count?: number
}

export interface RequestNames {
  readonly host: string
  readonly token: string | undefined
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'corpus', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** A whole request in the wire form of its era. A header value of the corpus goes out as it is written. */
export function buildRequest(build: RequestBuild, names: RequestNames, era: Era = 'modern'): Buffer {
  if (build.raw !== undefined) return Buffer.from(fill(build.raw, names), 'latin1')
  const legacy = build.legacy === true || era === 'legacy'
  const text = textOf(build, legacy)
  return requestBytes({
    method: build.method ?? 'POST',
    path: fill(build.path ?? '/mcp', names),
    headers: headersOf(build, text, legacy, names),
    body: encoded(bodyOf(build, text), build.encode),
    ...(build.chunked ? { chunked: true } : {}),
    ...(build.hold_body ? { holdBody: true } : {}),
  })
}

/** A call of a tool as a good client sends it. */
export function toolCall(name: string, args: Json, id: unknown = 1): RequestBuild {
  return { rpc: { method: 'tools/call', params: { name, arguments: args }, id } }
}

function headersOf(
  build: RequestBuild,
  text: string,
  legacy: boolean,
  names: RequestNames,
): [string, string][] {
  const headers: Record<string, string | null> = {
    host: names.host,
    ...(names.token !== undefined && { authorization: `Bearer ${names.token}` }),
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': legacy ? '2025-11-25' : '2026-07-28',
    ...(legacy ? {} : routingHeaders(build, text)),
    ...(build.encode !== undefined && { 'content-encoding': build.encode }),
    ...build.headers,
  }
  return [
    ...Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[name, fill(value, names)]],
    ),
    ...(build.raw_headers ?? []),
    ...Array.from({ length: build.junk_tail ?? 0 }, (_, i): [string, string] => [`x${i}`, '1']),
    ...(build.tail_headers ?? []),
  ]
}

/** MCP 2026-07-28, streamable HTTP: Mcp-Method and Mcp-Name repeat the body, where a header can carry it. */
function routingHeaders({ rpc_patch, sync_headers }: RequestBuild, text: string): Record<string, string> {
  const { method, params } = rpc_patch ? { method: 'tools/list', params: {} } : messageIn(text)
  const name = Object(params).name ?? Object(params).uri
  return {
    ...(method === undefined ? {} : headerOf('mcp-method', method, sync_headers)),
    ...(name === undefined ? {} : headerOf('mcp-name', name, sync_headers)),
  }
}

/** A value that no header can carry goes in the base64 form, where the case asks for headers that follow it. */
function headerOf(name: string, value: unknown, sync = false): Record<string, string> {
  const text = String(value)
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text)) return { [name]: text }
  return sync ? { [name]: `=?base64?${Buffer.from(text).toString('base64')}?=` } : {}
}

function messageIn(text: string): { method?: unknown; params?: unknown } {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

function bodyOf(build: RequestBuild, text: string): Buffer {
  if (build.body_hex !== undefined) return Buffer.from(build.body_hex, 'hex')
  return Buffer.from(text, build.body_utf16 ? 'utf16le' : 'utf8')
}

function textOf(build: RequestBuild, legacy: boolean): string {
  const message = (method: unknown, params: Json, id: unknown = 1) =>
    JSON.stringify({ jsonrpc: '2.0', id, method, params: legacy ? params : withMeta(params) })
  if (build.body_text !== undefined) return build.body_text
  if (build.body_gen) {
    const { prefix, unit, times, tail_unit = '', suffix = '' } = build.body_gen
    return `${prefix}${unit.repeat(times)}${tail_unit.repeat(times)}${suffix}`
  }
  if (build.batch !== undefined) {
    const item = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'list_environments', arguments: {} },
    }
    return JSON.stringify(Array.from({ length: build.batch }, () => item))
  }
  if (build.body !== undefined) return JSON.stringify(resolved(build.body))
  if (build.rpc) return message(resolved(build.rpc.method), resolved(build.rpc.params) as Json, build.rpc.id)
  if (build.rpc_patch) return patched(message('tools/list', {}), build.rpc_patch)
  const args = (members: Json) => message('tools/call', { name: 'list_environments', arguments: members })
  if (build.body_keys !== undefined) {
    return args(Object.fromEntries(Array.from({ length: build.body_keys }, (_, i) => [`k${i}`, i])))
  }
  if (build.pad_to === undefined) return args({})
  const text = args({ pad: '' })
  return text.replace('"pad":""', `"pad":"${'x'.repeat(Math.max(0, build.pad_to - text.length))}"`)
}

/** The envelope of every modern request; a case may set the whole of it, or take members away. */
function withMeta(params: Json): Json {
  const own = Object(params._meta) as Json
  if (Object.hasOwn(own, '$set')) return { ...params, _meta: own.$set }
  const members = Object.entries({ ...META, ...own }).filter(([, value]) => Object(value).$delete !== 1)
  return { ...params, _meta: Object.fromEntries(members.map(([key, value]) => [key, setValue(value)])) }
}

const setValue = (value: unknown) => (Object.hasOwn(Object(value), '$set') ? Object(value).$set : value)

/** A merge patch; `id_raw` is a number that JavaScript cannot hold. */
function patched(text: string, { id_raw, ...patch }: Json): string {
  const message = Object.entries({ ...JSON.parse(text), ...(resolved(patch) as Json) })
  const result = JSON.stringify(Object.fromEntries(message.filter(([, value]) => value !== null)))
  return id_raw === undefined ? result : result.replace('"id":1', `"id":${id_raw}`)
}

/** Strings that portable JSON cannot hold, such as lone surrogates. */
function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved)
  if (typeof value !== 'object' || value === null) return value
  const { $utf16, $repeat } = value as { $utf16?: number[]; $repeat?: [string, number] }
  if ($utf16) return String.fromCharCode(...$utf16)
  if ($repeat) return $repeat[0].repeat($repeat[1])
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === '_meta' ? item : resolved(item)]),
  )
}

function encoded(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip' || encoding === 'x-gzip') return gzipSync(body)
  if (encoding === 'br') return brotliCompressSync(body)
  return encoding === 'deflate' ? deflateSync(body) : body
}

function fill(template: string, { host, token }: RequestNames): string {
  const values: Record<string, string> = { host, token: token ?? '', port: host.split(':')[1] ?? '' }
  return template.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => values[name] ?? '')
}
