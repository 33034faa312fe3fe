import type { IncomingHttpHeaders } from 'node:http'
import { type AnswerType, isObject } from '@scalekit-mcp/auth/server'

/** The wire forms of the two methods: that of 2026-07-28, and that of every revision before. */
export type Era = '2026-07-28' | '2025'

type Json = Record<string, unknown>

/** `tools/list` or `tools/call`, as a client of any revision sends it. */
export interface ToolMessage {
  readonly era: Era
  readonly id: string | number
  readonly method: 'tools/list' | 'tools/call'
  /** Of an answer that is one message. */
  readonly answerType: AnswerType
  /** Whether the client takes a stream, on which progress can be reported before the result. */
  readonly takesStream: boolean
  /** What the client can do, where the message says it (2026-07-28). */
  readonly capabilities: Json | undefined
  readonly progressToken: string | number | undefined
  /** For `tools/call`. */
  readonly name: string
  readonly arguments: Readonly<Json>
  /** What the server sealed in the round before. */
  readonly requestState: string | undefined
  /** What the person answered to it. */
  readonly inputResponses: Readonly<Record<string, Json>> | undefined
}

/** The revisions before 2026-07-28 that are served. */
const EARLIER_REVISIONS: ReadonlySet<unknown> = new Set([
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
])
const RESERVED = 'io.modelcontextprotocol/'
const VERSION = `${RESERVED}protocolVersion`
const CLIENT_INFO = `${RESERVED}clientInfo`
const CAPABILITIES = `${RESERVED}clientCapabilities`

/** What is known of a message beside itself. */
export interface Circumstances {
  /** The one media type that the client accepts. */
  readonly acceptsOnly: AnswerType | undefined
  /** Of a revision before 2026-07-28. */
  readonly inSession: boolean
}

/**
 * Reads a message of these two methods. One that breaks a rule of its revision is left to the SDK, which knows how each rule is
 * refused.
 *
 * @param body one JSON-RPC request, as the protection let it through
 */
export function readToolMessage(
  headers: IncomingHttpHeaders,
  body: unknown,
  { acceptsOnly, inSession }: Circumstances,
): ToolMessage | undefined {
  const { id, method, params: sent = {} } = Object(body) as { [name: string]: unknown }
  if (method !== 'tools/list' && method !== 'tools/call') return undefined
  if (!isRequestId(id) || !isObject(sent)) return undefined
  const params = inSession ? knownIn2025(sent, method) : sent
  const era = eraOf(headers, method, params)
  if (!era) return undefined
  const members = method === 'tools/list' ? listMembers(params) : callMembers(params, era)
  if (!members) return undefined
  const { _meta = {} } = params as { _meta?: Json }
  return {
    era,
    id,
    method,
    answerType: acceptsOnly ?? DEFAULT_TYPE[era],
    takesStream: acceptsOnly !== 'application/json',
    capabilities: _meta[CAPABILITIES] as Json | undefined,
    progressToken: _meta.progressToken as string | number | undefined,
    ...members,
  }
}

/**
 * A server ignores what it does not know, and a task where it has declared none (MCP 2025-11-25, "Tasks", "Capability Negotiation").
 * In a session this is not left to the SDK: it has no sessions, so it could not ask the person.
 */
function knownIn2025(params: Json, method: ToolMessage['method']): Json {
  const names = method === 'tools/list' ? LIST : CALL['2025']
  const members = pick(params, (name) => names.has(name))
  const { _meta } = members
  if (!isObject(_meta)) return members
  return { ...members, _meta: pick(_meta, (key) => key === VERSION || !key.startsWith(RESERVED)) }
}

/** As the SDK answers a client that accepts both. */
const DEFAULT_TYPE = { '2026-07-28': 'application/json', '2025': 'text/event-stream' } as const

/** JSON-RPC 2.0 section 4, MCP basic, "Requests": a string or an integer. */
function isRequestId(id: unknown): id is string | number {
  return typeof id === 'string' || Number.isSafeInteger(id)
}

/**
 * Without a version it is a message of 2025 (MCP 2025-11-25, Streamable HTTP, "Protocol Version Header"). The body of
 * 2026-07-28 names the version as well, and the headers repeat what it says (Streamable HTTP, "Standard MCP Request Headers").
 */
function eraOf(headers: IncomingHttpHeaders, method: string, params: Json): Era | undefined {
  const { 'mcp-protocol-version': version = '2025-11-25', 'mcp-method': named } = headers
  const { _meta } = params
  if (_meta !== undefined && !(isObject(_meta) && isOptional(_meta.progressToken, isRequestId)))
    return undefined
  if (version === '2026-07-28') {
    const mirrored = named === method && (method === 'tools/list' || headers['mcp-name'] === params.name)
    return mirrored && isEnvelope(_meta) ? version : undefined
  }
  if (!EARLIER_REVISIONS.has(version)) return undefined
  return Object.keys(_meta ?? {}).some((key) => key.startsWith(RESERVED)) ? undefined : '2025'
}

/** MCP 2026-07-28, basic, "Request metadata": the version and the client's capabilities, who the client is, and keys of its own. */
function isEnvelope(meta: Json | undefined): boolean {
  return (
    meta !== undefined &&
    meta[VERSION] === '2026-07-28' &&
    isCapabilities(meta[CAPABILITIES]) &&
    isOptional(meta[CLIENT_INFO], isImplementation) &&
    Object.keys(meta).every((key) => !key.startsWith(RESERVED) || ENVELOPE.has(key))
  )
}
const ENVELOPE: ReadonlySet<string> = new Set([VERSION, CLIENT_INFO, CAPABILITIES])

/** Each is an object, of objects or (`roots.listChanged`) flags. A form may say whether it applies defaults. */
function isCapabilities(capabilities: unknown): boolean {
  return (
    isObject(capabilities) &&
    Object.entries(capabilities).every(
      ([name, value]) => isObject(value) && Object.values(value).every(name === 'roots' ? isFlag : isObject),
    ) &&
    isOptional(Object(Object(capabilities.elicitation).form).applyDefaults, isFlag)
  )
}

/** The members that are texts; icons are left to the SDK. */
function isImplementation(info: unknown): boolean {
  return (
    isObject(info) &&
    typeof info.name === 'string' &&
    typeof info.version === 'string' &&
    Object.values(info).every((value) => typeof value === 'string')
  )
}

type Members = Pick<ToolMessage, 'name' | 'arguments' | 'requestState' | 'inputResponses'>

const NO_CALL: Members = { name: '', arguments: {}, requestState: undefined, inputResponses: undefined }

/** All tools are on one page, so a cursor is refused, which is left to the SDK. */
function listMembers(params: Json): Members | undefined {
  return hasOnly(params, LIST) && (params.cursor === undefined || params.cursor === '') ? NO_CALL : undefined
}
const LIST: ReadonlySet<string> = new Set(['_meta', 'cursor'])

/** An answer of a person comes with the call again, in 2026-07-28 only (multi-round-trip requests). */
function callMembers(params: Json, era: Era): Members | undefined {
  const { name, arguments: args = {}, requestState, inputResponses } = params
  if (!isText(name) || !isObject(args) || !hasOnly(params, CALL[era])) return undefined
  if (!isOptional(requestState, isText) || !isOptional(inputResponses, isResponses)) return undefined
  return {
    name,
    arguments: args,
    requestState: requestState as string | undefined,
    inputResponses: inputResponses as Readonly<Record<string, Json>> | undefined,
  }
}
const CALL: Readonly<Record<Era, ReadonlySet<string>>> = {
  '2026-07-28': new Set(['_meta', 'name', 'arguments', 'requestState', 'inputResponses']),
  '2025': new Set(['_meta', 'name', 'arguments']),
}

/** Results by the key of their request, not wrapped as JSON-RPC messages. */
function isResponses(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.values(value).every((each) => isObject(each) && !('method' in each) && !('result' in each))
  )
}

function hasOnly(params: Json, members: ReadonlySet<string>): boolean {
  return Object.keys(params).every((name) => members.has(name))
}

function pick(members: Json, isWanted: (name: string) => boolean): Json {
  return Object.fromEntries(Object.entries(members).filter(([name]) => isWanted(name)))
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value)
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
