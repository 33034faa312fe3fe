import type { IncomingMessage } from 'node:http'
import type { AnswerType } from '@scalekit-mcp/auth'

export type Era = '2026-07-28' | '2025-11-25'

type Json = Record<string, unknown>

/** A message of one of the two hot methods in its plainest form. */
export interface PlainMessage {
  readonly era: Era
  readonly answerType: AnswerType
  readonly id: string | number
  readonly method: 'tools/list' | 'tools/call'
  /** What the client can do, where the message tells. */
  readonly capabilities: Json | undefined
  /** For `tools/call`. */
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
}

const VERSION = 'io.modelcontextprotocol/protocolVersion'
const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo'
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities'

/**
 * Reads a message that needs nothing of the protocol but an answer. Whatever is unusual about it (a progress token, a
 * cursor, another round of a call, a version that is not served, headers that differ from the body) is left to the SDK,
 * which decides it as the specification says.
 *
 * @param body one JSON-RPC request, as the protection let it through; a request without a body is not plain
 */
export function readPlainMessage(req: IncomingMessage, body: unknown): PlainMessage | undefined {
  const { headers } = req
  const { id, method, params = {} } = Object(body) as { id?: unknown; method?: unknown; params?: Json }
  if (typeof id !== 'number' && typeof id !== 'string') return undefined
  if (method !== 'tools/list' && method !== 'tools/call') return undefined
  const era = eraOf(headers, method, params)
  if (!era) return undefined
  const answerType = req.acceptsOnly ?? DEFAULT_TYPE[era]
  const capabilities = isObject(params._meta) ? (params._meta[CAPABILITIES] as Json) : undefined
  if (method === 'tools/list') {
    return hasOnly(params, LIST_MEMBERS)
      ? { era, answerType, id, method, capabilities, name: '', arguments: {} }
      : undefined
  }
  const { name, arguments: args = {} } = params
  if (typeof name !== 'string' || !isObject(args) || !hasOnly(params, CALL_MEMBERS)) return undefined
  if (era === '2026-07-28' && headers['mcp-name'] !== name) return undefined
  return { era, answerType, id, method, capabilities, name, arguments: args }
}

/** As the SDK answers a client that accepts both. */
const DEFAULT_TYPE = { '2026-07-28': 'application/json', '2025-11-25': 'text/event-stream' } as const
const LIST_MEMBERS: ReadonlySet<string> = new Set(['_meta'])
const CALL_MEMBERS: ReadonlySet<string> = new Set(['_meta', 'name', 'arguments'])

function hasOnly(params: Json, members: ReadonlySet<string>): boolean {
  return Object.keys(params).every((name) => members.has(name))
}

/** Without a version it is a message of 2025 (MCP 2025-11-25, Streamable HTTP, "Protocol Version Header"). */
function eraOf(headers: IncomingMessage['headers'], method: string, { _meta }: Json): Era | undefined {
  const { 'mcp-protocol-version': version = '2025-11-25' } = headers
  if (headers['mcp-session-id'] !== undefined) return undefined
  if (version === '2026-07-28')
    return headers['mcp-method'] === method && isPlainEnvelope(_meta) ? version : undefined
  if (version !== '2025-11-25' || headers['mcp-method'] !== undefined) return undefined
  return _meta === undefined ? version : undefined
}

/** MCP 2026-07-28, basic: the version and the client's capabilities, and at most who the client is. */
function isPlainEnvelope(meta: unknown): boolean {
  if (!isObject(meta) || meta[VERSION] !== '2026-07-28' || !isEmptyOrFlat(meta[CAPABILITIES])) return false
  return Object.keys(meta).every(
    (key) => key === VERSION || key === CAPABILITIES || (key === CLIENT_INFO && isClientInfo(meta[key])),
  )
}

/** What a client can do matters only where it is asked for something, which a plain message never leads to. */
function isEmptyOrFlat(capabilities: unknown): boolean {
  return isObject(capabilities) && Object.values(capabilities).every(isObject)
}

function isClientInfo(info: unknown): boolean {
  return (
    isObject(info) &&
    typeof info.name === 'string' &&
    typeof info.version === 'string' &&
    Object.keys(info).length === 2
  )
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
