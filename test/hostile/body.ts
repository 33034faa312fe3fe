import { type GeneratedText, generatedText } from '../../packages/auth/test/hostile-token.js'
import {
  fill,
  fillKnown,
  isOperation,
  mergePatch,
  type Names,
  resolve,
} from '../../packages/auth/test/hostile-values.js'
import type { Json } from './message.js'

/** The members of a build that decide the body; the first that is set does. */
export interface BodyBuild {
  readonly body_hex?: string
  readonly body_utf16?: boolean
  readonly body_text?: string
  readonly body_gen?: GeneratedText
  readonly batch?: number
  readonly batch_modern?: number
  readonly body?: unknown
  readonly rpc?: Json & { readonly method?: unknown; readonly params?: Json }
  readonly rpc_patch?: Json & { readonly id_raw?: string }
  readonly body_keys?: number
  readonly pad_to?: number
  readonly gzip_bomb?: number | boolean
}

/** What every modern request carries in `params._meta`; undefined for a legacy one. */
export type Envelope = Json | undefined

const CALL = { name: 'list_environments', arguments: {} }
const MEGABYTE = 1_000_000

/** The text of a body before its encoding. Texts of a message are data: a `{{name}}` without meaning stays. */
export function bodyText(build: BodyBuild, envelope: Envelope, names: Names): string {
  const message = (method: unknown, params: unknown, others: Json = {}) => ({
    jsonrpc: '2.0',
    id: 1,
    method,
    params: withMeta(params, envelope),
    ...others,
  })
  const padded = (length: number) => {
    const text = JSON.stringify(message('tools/call', { ...CALL, arguments: { pad: '' } }))
    return text.replace('"pad":""', `"pad":"${'x'.repeat(Math.max(0, length - text.length))}"`)
  }
  if (build.body_text !== undefined) return fill(build.body_text, names)
  if (build.body_gen) return fill(generatedText(build.body_gen), names)
  if (build.batch !== undefined)
    return batchOf(build.batch, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: CALL })
  if (build.batch_modern !== undefined) return batchOf(build.batch_modern, message('tools/call', CALL))
  if (build.body !== undefined) return JSON.stringify(resolve(build.body, names, fillKnown))
  if (build.rpc) {
    const { method, params = {}, ...others } = build.rpc
    return JSON.stringify(resolve(message(method, params, others), names, fillKnown))
  }
  if (build.rpc_patch) return patched(message('tools/list', {}), build.rpc_patch, names)
  if (build.body_keys !== undefined) {
    // The shortest names, so that the number of members is what is too large and not the body.
    const members = Array.from({ length: build.body_keys }, (_, i) => [i.toString(36), 0] as const)
    return JSON.stringify(message('tools/call', { ...CALL, arguments: Object.fromEntries(members) }))
  }
  if (build.gzip_bomb !== undefined) return padded(bombSize(build.gzip_bomb))
  return build.pad_to === undefined ? JSON.stringify(message('tools/call', CALL)) : padded(build.pad_to)
}

/** The size of what a bomb inflates to: bytes, or megabytes where the number is small. */
function bombSize(size: number | boolean): number {
  if (typeof size === 'boolean') return 100 * MEGABYTE
  return size < 10_000 ? size * MEGABYTE : size
}

export function bodyBytes({ body_hex, body_utf16 }: BodyBuild, text: string): Buffer {
  if (body_hex !== undefined) return Buffer.from(body_hex, 'hex')
  return Buffer.from(text, body_utf16 ? 'utf16le' : 'utf8')
}

const batchOf = (length: number, item: Json) => JSON.stringify(Array.from({ length }, () => item))

/** The envelope of every modern request; a case may set the whole of it, or delete members of it. */
function withMeta(params: unknown, envelope: Envelope): unknown {
  if (envelope === undefined || typeof params !== 'object' || params === null) return params
  const { _meta: own, ...others } = params as Json
  if (isOperation(params) || isOperation(own)) return params
  return { ...others, _meta: { ...envelope, ...Object(own) } }
}

/** A merge patch (RFC 7396). `id_raw` is the text of a number that JavaScript cannot hold. */
function patched(target: Json, { id_raw, ...patch }: Json, names: Names): string {
  const result = JSON.stringify(resolve(mergePatch(target, patch), names, fillKnown))
  return id_raw === undefined ? result : result.replace('"id":1', `"id":${id_raw}`)
}
