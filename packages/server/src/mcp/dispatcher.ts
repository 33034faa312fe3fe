import type { ServerResponse } from 'node:http'
import type { CallToolResult, InputRequiredResult } from '@modelcontextprotocol/server'
import type { Selection } from '../access.js'
import { showsViews } from '../apps/ui-resources.js'
import { boundEnvironment, callTool, type Principal } from '../call-tool.js'
import type { Ending } from '../deadline.js'
import type { Exchange } from '../http/exchange.js'
import type { RoundState } from '../interaction.js'
import type { ToolDefinition } from '../tool.js'
import { toolLists } from '../tool-lists.js'
import { listHint, type McpOptions, serverInfo } from './sdk-server.js'
import { type PreparedResult, prepareResult, ToolAnswer } from './tool-answer.js'
import { type Era, readToolMessage, type ToolMessage } from './tool-message.js'

/** Answers a message. False: the message is for the SDK. */
export type Dispatch = (exchange: Exchange, principal: Principal) => Promise<boolean>

/**
 * Answers `tools/list` and `tools/call` of every revision. The SDK serves all other methods, and refuses what is wrong with a
 * message of these two: `dispatcher.test.ts` compares our answers with the SDK's.
 *
 * @param eras whose messages stand alone; those of a session are the SDK's
 */
export function createDispatcher(options: McpOptions, eras: readonly Era[]): Dispatch {
  const byName = new Map(options.tools.map((tool) => [tool.name, tool]))
  const list = createListBytes(options)

  return async ({ req, res, message: body, acceptsOnly }, principal) => {
    const message = readToolMessage(req.headers, body, acceptsOnly)
    if (!message || !eras.includes(message.era)) return false
    if (message.method === 'tools/list') {
      new ToolAnswer(res, message).send(list(message, principal))
      return true
    }
    const tool = byName.get(message.name)
    if (!tool) return false
    return answerCall(options, tool, message, res, principal)
  }
}

async function answerCall(
  options: McpOptions,
  tool: ToolDefinition,
  message: ToolMessage,
  res: ServerResponse,
  principal: Principal,
): Promise<boolean> {
  const { requestState, capabilities, inputResponses } = message
  let state: RoundState | undefined
  if (requestState !== undefined) {
    state = await options.seal.verify(requestState, principal.caller).catch(() => undefined)
    if (!state) return false
  }
  const answer = new ToolAnswer(res, message)
  const result = await callTool(options, principal, {
    tool,
    arguments: message.arguments,
    capabilities,
    state,
    responses: inputResponses,
    ending: new ResponseEnding(res),
    progress: (done, text, total) => answer.report(done, text, total),
  })
  answer.send(resultText(message.era, result))
  return true
}

/** The client of a call has gone when its connection closes before the answer. */
class ResponseEnding implements Ending {
  readonly #res: ServerResponse

  constructor(res: ServerResponse) {
    this.#res = res
  }

  onGone(listener: () => void): void {
    if (this.#res.destroyed) listener()
    else this.#res.on('close', listener)
  }

  offGone(listener: () => void): void {
    this.#res.off('close', listener)
  }
}

/** The text of a result is its JSON: it is put in twice, and serialized once. */
function resultText(era: Era, result: CallToolResult | InputRequiredResult): string {
  const [content] = (result as CallToolResult).content ?? []
  if (result.structuredContent === undefined || content?.type !== 'text') {
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
function createListBytes({ tools, bounds, origin, onlyEnvironment, fixtures }: McpOptions) {
  const listed = [...(fixtures?.tools.values() ?? [])].map(({ definition }) => definition)
  const list = toolLists(tools, bounds, origin)
  const made = new Map<string, PreparedResult>()
  return ({ era, answerType, capabilities }: ToolMessage, { selection }: Principal): PreparedResult => {
    const bound = boundEnvironment({ onlyEnvironment }, selection) !== undefined
    const withViews = showsViews(capabilities)
    const key = `${era} ${answerType} ${withViews} ${bound} ${selection.readOnly} ${toolsetsOf(selection)}`
    let prepared = made.get(key)
    if (!prepared) {
      const result = { tools: [...list(selection, bound, withViews), ...listed] }
      const text = JSON.stringify(era === '2026-07-28' ? { ...result, ...complete, ...listHint } : result)
      prepared = prepareResult(answerType, text)
      made.set(key, prepared)
      const [oldest] = made.keys()
      if (made.size > MAX_LISTS && oldest !== undefined) made.delete(oldest)
    }
    return prepared
  }
}

const toolsets = new WeakMap<Selection, string>()

/** Most requests share one selection. */
function toolsetsOf(selection: Selection): string {
  const known = toolsets.get(selection) ?? [...selection.toolsets].sort().join(',')
  toolsets.set(selection, known)
  return known
}
