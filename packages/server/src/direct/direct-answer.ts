import type { IncomingMessage, ServerResponse } from 'node:http'
import { showsViews } from '../apps/ui-resources.js'
import { call } from '../call.js'
import { boundEnvironment, type Principal } from '../call-tool.js'
import type { Interaction } from '../interaction.js'
import { listHint, type McpOptions, serverInfo } from '../mcp.js'
import type { ToolDefinition } from '../tool.js'
import { toolLists } from '../tool-lists.js'
import { type Era, type PlainMessage, readPlainMessage } from './plain-message.js'

/** Answers a request, or leaves it to the SDK: false. */
export type DirectAnswer = (
  req: IncomingMessage & { body?: unknown },
  res: ServerResponse,
  principal: Principal,
) => Promise<boolean>

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

  return async (req, res, principal) => {
    const message = readPlainMessage(req, req.body)
    if (!message || !eras.includes(message.era)) return false
    if (message.method === 'tools/list') {
      send(res, message, list(message, principal))
      return true
    }
    const tool = byName.get(message.name)
    if (!tool) return false
    const gone = new AbortController()
    res.once('close', () => res.writableFinished || gone.abort())
    const environment = boundEnvironment(options, principal.selection)
    const result = await call({
      ...options,
      tool,
      arguments: message.arguments,
      caller: principal.caller,
      selection: principal.selection,
      ...(environment ? { boundEnvironment: environment } : {}),
      interaction: nobody,
      signal: gone.signal,
      scalekit: (signal) => options.scalekit(principal.caller, signal, principal.trail),
      progress: () => undefined,
      audit: principal.audit,
      record: (outcome) => options.record(outcome, principal),
    })
    send(res, message, JSON.stringify(message.era === '2026-07-28' ? { ...result, ...complete } : result))
    return true
  }
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

/** Serializing the list takes longer than everything else about it: it is done once per selection and era. */
function createListBytes({ tools, bounds, origin, onlyEnvironment, fixtures }: McpOptions) {
  const listed = [...(fixtures?.tools.values() ?? [])].map(({ definition }) => definition)
  const list = toolLists(tools, bounds, origin)
  const made = new Map<string, string>()
  return ({ era, capabilities }: PlainMessage, { selection }: Principal): string => {
    const bound = boundEnvironment({ onlyEnvironment }, selection) !== undefined
    const withViews = showsViews(capabilities)
    const key = `${era} ${withViews} ${bound} ${selection.readOnly} ${[...selection.toolsets].sort().join(',')}`
    let text = made.get(key)
    if (text === undefined) {
      const result = { tools: [...list(selection, bound, withViews), ...listed] }
      text = JSON.stringify(era === '2026-07-28' ? { ...result, ...complete, ...listHint } : result)
      made.set(key, text)
    }
    return text
  }
}

/** The wire form of each era: JSON, or one event of a stream. */
function send(res: ServerResponse, { era, id }: PlainMessage, result: string): void {
  if (res.destroyed) return
  const json = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`
  const body = era === '2026-07-28' ? json : `event: message\ndata: ${json}\n\n`
  const headers =
    era === '2026-07-28'
      ? { 'content-type': 'application/json' }
      : {
          'content-type': 'text/event-stream',
          'cache-control': 'no-cache, no-transform',
          'x-accel-buffering': 'no',
        }
  res.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) })
  res.end(body)
}
