import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallToolResult, InputRequiredResult } from '@modelcontextprotocol/server'
import type { Selection } from '../access.js'
import { showsViews } from '../apps/ui-resources.js'
import { call } from '../call.js'
import { boundEnvironment, type Principal } from '../call-tool.js'
import type { Ending } from '../deadline.js'
import type { Interaction } from '../interaction.js'
import { listHint, type McpOptions, serverInfo } from '../mcp.js'
import type { ToolDefinition } from '../tool.js'
import { toolLists } from '../tool-lists.js'
import { type Era, type PlainMessage, readPlainMessage } from './plain-message.js'
import { type PreparedResult, prepareResult, sendResult } from './send-result.js'

/** Answers a request, now or when its call has ended, or leaves it to the SDK: false. */
export type DirectAnswer = (
  req: IncomingMessage & { body?: unknown },
  res: ServerResponse,
  principal: Principal,
) => boolean | Promise<void>

/** A tool that is called directly has nobody to ask. */
const nobody: Interaction = {
  canAsk: false,
  canOpenUrl: false,
  state: undefined,
  responses: undefined,
  seal: () => Promise.reject(new Error('A tool that asks was called directly')),
}

/**
 * Answers `tools/list` and calls of reading tools without an SDK server: most of what a client sends, for a tenth of the
 * time (docs/performance.md). The checks before it and the call are the same as on the SDK's way, and so is every answer:
 * `direct.test.ts` compares them.
 *
 * @param eras whose messages stand alone; those of a session are the SDK's
 */
export function createDirectAnswer(options: McpOptions, eras: readonly Era[]): DirectAnswer {
  const byName = new Map(options.tools.filter(isDirect).map((tool) => [tool.name, tool]))
  const list = createListBytes(options)

  return (req, res, principal) => {
    const message = readPlainMessage(req, req.body)
    if (!message || !eras.includes(message.era)) return false
    if (message.method === 'tools/list') {
      sendResult(res, message, list(message, principal))
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
  message: PlainMessage,
  res: ServerResponse,
  principal: Principal,
): Promise<void> {
  const { caller, selection, trail, audit } = principal
  const environment = boundEnvironment(options, selection)
  const result = await call({
    tool,
    arguments: message.arguments,
    caller,
    selection,
    bounds: options.bounds,
    boundEnvironment: environment,
    idempotency: options.idempotency,
    pages: options.pages,
    linksInResults: options.linksInResults,
    interaction: nobody,
    usedAnswers: options.usedAnswers,
    ending: new ResponseEnding(res),
    deadlineMs: options.deadlineMs,
    scalekit: (signal) => options.scalekit(caller, signal, trail),
    docs: options.docs,
    progress: noProgress,
    audit,
    record: (outcome) => options.record(outcome, principal),
    tokenRefused: principal.tokenRefused,
  })
  sendResult(res, message, resultText(message.era, result))
}

const noProgress = () => undefined

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
    return JSON.stringify(era === '2026-07-28' ? { ...result, ...complete } : result)
  }
  const { text } = content
  const own = `"structuredContent":${text},"content":[{"type":"text","text":${JSON.stringify(text)}}]`
  return era === '2026-07-28' ? `{${own},${completeMembers}}` : `{${own}}`
}

/** A read without a question and without a link for a person. */
function isDirect({ effect, target, handsOver }: ToolDefinition): boolean {
  return effect === 'read' && !target && !handsOver
}

/** MCP 2026-07-28, basic: what every result carries. */
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
  return ({ era, answerType, capabilities }: PlainMessage, { selection }: Principal): PreparedResult => {
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
