import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import {
  type CallToolResult,
  type InputRequiredResult,
  isInitializeRequest,
} from '@modelcontextprotocol/server'
import type { Caller } from '@scalekit-mcp/auth'
import { identityOf } from '@scalekit-mcp/auth/server'
import { LRUCache } from 'lru-cache'
import { showsViews } from '../apps/ui-resources.js'
import { boundEnvironment, callTool, endCall, type Principal } from '../call/call-tool.js'
import type { Ending } from '../call/deadline.js'
import type { RoundState } from '../call/interaction/interaction.js'
import { ToolError, toToolError } from '../errors.js'
import type { Exchange } from '../http/exchange.js'
import type { ToolDefinition } from '../tool.js'
import { type Conversation, converse, type Round } from './ask-client.js'
import { CallEnding } from './call-ending.js'
import { toolLists } from './catalog/tool-lists.js'
import { callName, type Questions, questionName } from './questions.js'
import { cancelledCall, isResponse, receiveAnswer, receiveCancellation } from './receive-answer.js'
import { listHint, type McpOptions, serverInfo } from './sdk-server.js'
import type { Session, SessionIds } from './session-id.js'
import { type PreparedResult, prepareResult, ToolAnswer } from './tool-answer.js'
import { type Era, readToolMessage, type ToolMessage } from './tool-message.js'

/** Answers a message. False: the message is for the SDK. */
export type Dispatch = (exchange: Exchange, principal: Principal) => Promise<boolean>

/** How the clients of the revisions before 2026-07-28 are asked. */
export interface Asking {
  readonly sessions: SessionIds
  readonly questions: Questions
}

/**
 * Answers `tools/list` and `tools/call` of every revision, and takes the answers of clients to what a call asks. The SDK serves all
 * other methods, and refuses what is wrong with a message of these two: `dispatcher.test.ts` compares our answers with the SDK's.
 */
export function createDispatcher(options: McpOptions, asking: Asking): Dispatch {
  const byName = new Map(options.tools.map((tool) => [tool.name, tool]))
  const list = createListBytes(options)

  return async (exchange, principal) => {
    const { req, res, message: body, acceptsOnly } = exchange
    const session = sessionOf(req.headers, body, res, principal.caller, asking.sessions)
    if (isResponse(body)) {
      await receiveAnswer(asking.questions, session, exchange, body)
      return true
    }
    const known = session === 'unknown' ? undefined : session
    const cancelled = cancelledCall(body)
    if (known && cancelled !== undefined) {
      await receiveCancellation(asking.questions, known, cancelled, res)
      return true
    }
    const message = readToolMessage(req.headers, body, { acceptsOnly, inSession: known !== undefined })
    if (!message) return false
    if (message.method === 'tools/list') {
      new ToolAnswer(res, message).send(list(message, principal))
      return true
    }
    const call = { options, message, res, principal, asking, session: known }
    const tool = byName.get(message.name)
    return tool ? answerCall(call, tool) : answerFixture(call)
  }
}

/**
 * MCP 2025-11-25, Streamable HTTP, "Session Management": the response to `initialize` brings the id, later messages repeat it.
 * 2026-07-28 has no sessions, and ignores the header. No session ever ends, so there is no 404 for one: an id that says nothing to
 * this server or is of another caller is as none, which serves clients that begin no other session.
 */
function sessionOf(
  headers: IncomingHttpHeaders,
  body: unknown,
  res: ServerResponse,
  caller: Caller,
  sessions: SessionIds,
): Session | 'unknown' | undefined {
  if (headers['mcp-protocol-version'] === '2026-07-28') return undefined
  if (Object(body).method === 'initialize') {
    const issued = isInitializeRequest(body) && sessions.issue(caller, body.params.capabilities)
    if (issued) res.setHeader('Mcp-Session-Id', issued)
    return undefined
  }
  const id = headers['mcp-session-id']
  return id === undefined ? undefined : (sessions.open(String(id), caller) ?? 'unknown')
}

interface IncomingCall {
  readonly options: McpOptions
  readonly message: ToolMessage
  readonly res: ServerResponse
  readonly principal: Principal
  readonly asking: Asking
  readonly session: Session | undefined
}

async function answerCall(call: IncomingCall, tool: ToolDefinition): Promise<boolean> {
  const { options, message, res, principal, session } = call
  const { requestState, inputResponses } = message
  let sealed: RoundState | undefined
  if (requestState !== undefined) {
    sealed = await options.seal.verify(requestState, principal.caller).catch(() => undefined)
    if (!sealed) return false
  }
  const answer = new ToolAnswer(res, message)
  const ending = new CallEnding(res)
  const asks = session !== undefined && message.takesStream
  const round: Round = (state, responses) =>
    callTool(options, asks ? withinStream(principal, res) : principal, {
      tool,
      arguments: message.arguments,
      capabilities: asks ? session.capabilities : message.capabilities,
      state,
      responses,
      ending,
      progress: (done, text, total) => answer.report(done, text, total),
    })
  const result = asks
    ? await converseCancellably(round, call, session, answer, ending).catch((error: unknown) =>
        endCall(options, principal, tool, toToolError(error)),
      )
    : await round(sealed, inputResponses)
  answer.send(resultText(message.era, result))
  return true
}

/** The tools of the conformance suite that ask: the SDK serves them, except where it cannot ask. */
async function answerFixture(call: IncomingCall): Promise<boolean> {
  const { options, message, res, session } = call
  const round = session && options.fixtures?.asking(message.name, message.arguments)
  if (!round) return false
  const answer = new ToolAnswer(res, message)
  const result = await converseCancellably(round, call, session, answer, new CallEnding(res))
  answer.send(JSON.stringify(result))
  return true
}

async function converseCancellably(
  round: Round,
  call: IncomingCall,
  session: Session,
  answer: ToolAnswer,
  ending: CallEnding,
): Promise<CallToolResult> {
  const name = callName(session.id, call.message.id)
  const stop = call.asking.questions.onCancelled(name, () => ending.cancel())
  try {
    return await converse(round, conversationOf(call, session, answer, ending))
  } finally {
    stop()
  }
}

function conversationOf(
  { options, principal, asking: { questions } }: IncomingCall,
  { id: sessionId }: Session,
  answer: ToolAnswer,
  ending: Ending,
): Conversation {
  const { caller, audit, recheck, asks } = principal
  const verify = (state: string) =>
    options.seal.verify(state, caller).catch((cause: unknown) => {
      throw new ToolError('confirmation_declined', 'Nobody answered the question in time.', { cause })
    })
  const name = (requestId: string) => questionName(sessionId, caller.claims.sid, requestId)
  const owner = JSON.stringify(identityOf(caller))
  return {
    questions,
    name,
    owner,
    answer,
    ending,
    verify,
    asks,
    personAnswered: (requestId) => audit.personAnswered(requestId),
    recheck,
  }
}

/** Once a question has begun the stream, the result says that the token was refused. */
function withinStream(principal: Principal, res: ServerResponse): Principal {
  return {
    ...principal,
    tokenRefused: (error) => {
      if (!res.headersSent) principal.tokenRefused(error)
    },
  }
}

/** The text of a result is its JSON: it is put in twice, and serialized once. */
function resultText(era: Era, result: CallToolResult | InputRequiredResult): string {
  const [content, ...notes] = (result as CallToolResult).content ?? []
  if (result.structuredContent === undefined || content?.type !== 'text' || notes.length > 0) {
    return JSON.stringify(era === '2026-07-28' ? { ...complete, ...result } : result)
  }
  const { text } = content
  const own = `"structuredContent":${text},"content":[{"type":"text","text":${JSON.stringify(text)}}]`
  return era === '2026-07-28' ? `{${own},${completeMembers}}` : `{${own}}`
}

/** MCP 2026-07-28, basic: what every result carries; one that asks for input says so in `resultType`. */
const complete = {
  resultType: 'complete',
  _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo },
} as const
const completeMembers = JSON.stringify(complete).slice(1, -1)

/** A caller chooses the selection, and there are thousands. */
const MAX_LISTS = 100

/** Serializing the list takes longer than everything else about it: it is done once per selection, era and form. */
function createListBytes({ tools, bounds, onlyEnvironment, fixtures }: McpOptions) {
  const listed = [...(fixtures?.tools.values() ?? [])].map(({ definition }) => definition)
  const list = toolLists(tools, bounds)
  const made = new LRUCache<string, PreparedResult>({ max: MAX_LISTS })
  return ({ era, answerType, capabilities }: ToolMessage, { selection }: Principal): PreparedResult => {
    const bound = boundEnvironment({ onlyEnvironment }, selection) !== undefined
    const withViews = showsViews(capabilities)
    const key = `${era} ${answerType} ${withViews} ${bound} ${selection.readOnly} ${[...selection.toolsets]}`
    let prepared = made.get(key)
    if (!prepared) {
      const result = { tools: [...list(selection, bound, withViews), ...listed] }
      const text = JSON.stringify(era === '2026-07-28' ? { ...result, ...complete, ...listHint } : result)
      prepared = prepareResult(answerType, text)
      made.set(key, prepared)
    }
    return prepared
  }
}
