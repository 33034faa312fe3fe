import { randomBytes, randomUUID } from 'node:crypto'
import {
  type CallToolResult,
  type InputRequest,
  type InputRequiredResult,
  isInputRequiredResult,
} from '@modelcontextprotocol/server'
import type { Ending } from '../call/deadline.js'
import type { RoundState } from '../call/interaction/interaction.js'
import { ToolError } from '../errors.js'
import type { Questions } from './questions.js'
import type { ToolAnswer } from './tool-answer.js'

/** Proxies close a stream on which nothing comes, and clients give up a call, usually after a minute. */
const KEEP_OPEN_MS = 15_000

/** One round of a call. */
export type Round = (
  state: RoundState | undefined,
  responses: Record<string, unknown> | undefined,
) => Promise<CallToolResult | InputRequiredResult>

export interface Conversation {
  readonly questions: Questions
  /** Names a question of this call by the id of its request. */
  readonly name: (requestId: string) => string
  /** Who is asked. */
  readonly owner: string
  readonly answer: ToolAnswer
  readonly ending: Ending
  readonly verify: (state: string) => Promise<RoundState>
  /** Says that a person is asked, until what this returns is called. */
  readonly asks: () => () => void
  /** An answer came, in this HTTP request. */
  readonly personAnswered: (requestId: string) => void
  /** Whether the caller may still make the call: a person takes time. @throws ToolError */
  readonly recheck: () => Promise<void>
}

/**
 * Runs a call of a client of 2025-11-25 or 2025-06-18: what a round asks for goes out as requests on the stream of the call (MCP
 * 2025-11-25, Streamable HTTP, "Sending Messages to the Server" 6), and the next round gets the answers, as in the multi-round-trip
 * requests of 2026-07-28. The time that a person takes is not the call's.
 *
 * @throws ToolError `confirmation_declined` or `confirmation_unavailable` when the client did not answer
 */
export async function converse(round: Round, conversation: Conversation): Promise<CallToolResult> {
  let result = await round(undefined, undefined)
  while (isInputRequiredResult(result)) {
    const { inputRequests = {}, requestState } = result
    const responses = await askAll(Object.entries(inputRequests), conversation)
    await conversation.recheck()
    const state = requestState === undefined ? undefined : await conversation.verify(requestState)
    result = await round(state, responses)
  }
  return result as CallToolResult
}

async function askAll(
  requests: readonly [key: string, request: InputRequest][],
  conversation: Conversation,
): Promise<Record<string, unknown>> {
  const answered = conversation.asks()
  const keepOpen = setInterval(() => conversation.answer.keepOpen(), KEEP_OPEN_MS)
  try {
    const answers = await Promise.all(
      requests.map(async ([key, request]) => [key, await ask(request, conversation)] as const),
    )
    return Object.fromEntries(answers)
  } finally {
    clearInterval(keepOpen)
    answered()
  }
}

async function ask(
  { method, params }: InputRequest,
  { questions, name, owner, answer, ending, personAnswered }: Conversation,
): Promise<Readonly<Record<string, unknown>>> {
  const id = randomBytes(24).toString('base64url')
  const send = () => answer.request(id, method, paramsOf2025(params))
  const { result, requestId } = await questions.ask({ name: name(id), owner }, send, ending)
  personAnswered(requestId)
  if (!result) throw new ToolError('confirmation_declined', 'The client answered with an error.')
  return result
}

/** MCP 2025-11-25, "Elicitation": URL mode has an `elicitationId`; without `mode` it is a form, and 2025-06-18 knows no modes. */
function paramsOf2025(params: InputRequest['params']): object | undefined {
  const { mode, ...rest } = Object(params) as { mode?: unknown }
  if (mode === 'url') return { mode, elicitationId: randomUUID(), ...rest }
  return params && rest
}
