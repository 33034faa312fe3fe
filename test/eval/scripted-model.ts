import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Plan, resolve } from './plans/plan.js'

/** What the model does next, from the texts of all results so far. */
export type Script = (results: readonly string[]) => { tool: string; arguments: unknown } | { answer: string }

export interface ScriptedModel {
  readonly url: string
  /** The headers of each request. */
  readonly requests: readonly IncomingHttpHeaders[]
  close(): Promise<void>
}

/** Tokens that every reply of a scripted model reports. */
export const REPORTED = { input: 100, output: 10 }

/** A model that follows a plan. */
export function following(plan: Plan): Script {
  return (texts) => {
    const results = texts.map((text) => JSON.parse(text) as unknown)
    const next = plan.calls[results.length]
    return next
      ? { tool: next.tool, arguments: resolve(next.arguments, results) }
      : { answer: plan.answer(results) }
  }
}

/** A model API without a model, which speaks `/v1/chat/completions` and `/v1/messages`. */
export async function startScriptedModel(script: Script): Promise<ScriptedModel> {
  const requests: IncomingHttpHeaders[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body
    requests.push(request.headers)
    const reply =
      request.url === '/v1/messages'
        ? asMessage
        : request.url === '/v1/chat/completions'
          ? asCompletion
          : undefined
    response.writeHead(reply ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(reply?.(script, body) ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Body {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[]
}

function asCompletion(script: Script, { messages }: Body): unknown {
  const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content))
  const next = script(results)
  const message =
    'answer' in next
      ? { role: 'assistant', content: next.answer }
      : {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: `call_${results.length}`,
              type: 'function',
              function: { name: next.tool, arguments: JSON.stringify(next.arguments) },
            },
          ],
        }
  const usage = { prompt_tokens: REPORTED.input, completion_tokens: REPORTED.output }
  return { choices: [{ index: 0, message, finish_reason: 'answer' in next ? 'stop' : 'tool_calls' }], usage }
}

function asMessage(script: Script, { messages }: Body): unknown {
  const blocks = messages.flatMap(({ content }) => (Array.isArray(content) ? (content as Block[]) : []))
  const results = blocks.filter(({ type }) => type === 'tool_result').map(({ content }) => String(content))
  const next = script(results)
  const content =
    'answer' in next
      ? [{ type: 'text', text: next.answer }]
      : [{ type: 'tool_use', id: `toolu_${results.length}`, name: next.tool, input: next.arguments }]
  return {
    type: 'message',
    role: 'assistant',
    content,
    stop_reason: 'answer' in next ? 'end_turn' : 'tool_use',
    usage: { input_tokens: REPORTED.input, output_tokens: REPORTED.output },
  }
}

interface Block {
  readonly type: string
  readonly content?: unknown
}
