import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { toolCall } from './protected-app.js'
import { requestBytes } from './raw-http.js'

/** How one request of the corpus is built; the grammar stands at the head of the corpus. */
export interface RequestBuild {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string | null>
  readonly tail_headers?: [name: string, value: string][]
  readonly junk_tail?: number
  readonly legacy?: boolean
  readonly rpc?: { method: string; params: object; id?: unknown }
  readonly rpc_patch?: Record<string, unknown>
  readonly body?: unknown
  readonly body_text?: string
  readonly body_hex?: string
  readonly body_utf16?: boolean
  readonly body_gen?: { prefix: string; unit: string; times: number; tail_unit: string; suffix: string }
  readonly body_keys?: number
  readonly batch?: number
  readonly pad_to?: number
  readonly encode?: string
  readonly chunked?: boolean
  readonly hold_body?: boolean
  readonly raw?: string
}

export interface RequestNames {
  readonly host: string
  readonly token: string | undefined
}

const RPC = {
  ...toolCall(),
  params: { ...toolCall().params, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
}

export function buildRequest(build: RequestBuild, names: RequestNames): Buffer {
  if (build.raw !== undefined) return Buffer.from(fill(build.raw, names), 'latin1')
  const body = encoded(bodyOf(build), build.encode)
  return requestBytes({
    method: build.method ?? 'POST',
    path: build.path ?? '/mcp',
    headers: headersOf(build, names),
    body,
    chunked: build.chunked,
    holdBody: build.hold_body,
  })
}

function headersOf(build: RequestBuild, names: RequestNames): [string, string][] {
  const headers: Record<string, string | null> = {
    host: '{{host}}',
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': build.legacy ? '2025-11-25' : '2026-07-28',
    ...(names.token !== undefined && { authorization: `Bearer ${names.token}` }),
    ...(build.encode !== undefined && { 'content-encoding': build.encode }),
    ...build.headers,
  }
  const junk = Array.from({ length: build.junk_tail ?? 0 }, (_, i): [string, string] => [`x${i}`, '1'])
  return [
    ...Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[name, fill(value, names)]],
    ),
    ...junk,
    ...(build.tail_headers ?? []),
  ]
}

function bodyOf(build: RequestBuild): Buffer {
  if (build.body_hex !== undefined) return Buffer.from(build.body_hex, 'hex')
  if (build.body_utf16) return Buffer.from(JSON.stringify(RPC), 'utf16le')
  return Buffer.from(textOf(build))
}

function textOf({
  rpc,
  rpc_patch,
  body,
  body_text,
  body_gen,
  body_keys,
  batch,
  pad_to,
}: RequestBuild): string {
  if (body_text !== undefined) return body_text
  if (body_gen) {
    const { prefix, unit, times, tail_unit, suffix } = body_gen
    return `${prefix}${unit.repeat(times)}${tail_unit.repeat(times)}${suffix}`
  }
  if (batch !== undefined) return JSON.stringify(Array.from({ length: batch }, () => RPC))
  if (body !== undefined) return JSON.stringify(body)
  if (rpc) return JSON.stringify({ jsonrpc: '2.0', id: rpc.id ?? 1, method: rpc.method, params: rpc.params })
  if (rpc_patch) return patched(rpc_patch)
  if (body_keys !== undefined) {
    const keys = Object.fromEntries(Array.from({ length: body_keys }, (_, i) => [`k${i}`, i]))
    return JSON.stringify({ ...RPC, params: { ...RPC.params, arguments: keys } })
  }
  const text = JSON.stringify({ ...RPC, params: { ...RPC.params, arguments: { pad: '' } } })
  return text.replace('"pad":""', `"pad":"${'x'.repeat(Math.max(0, (pad_to ?? 0) - text.length))}"`)
}

/** A merge patch; `id_raw` is a number that JavaScript cannot hold. */
function patched({ id_raw, ...patch }: Record<string, unknown>): string {
  const message = Object.fromEntries(
    Object.entries({ ...RPC, ...patch }).filter(([, value]) => value !== null),
  )
  const text = JSON.stringify(message)
  return id_raw === undefined ? text : text.replace('"id":1', `"id":${id_raw}`)
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
