import * as z from 'zod'
import { load, type Shot } from '../../../bench/load.js'
import { defineTool, type ToolDefinition } from '../src/tool.js'
import type { ServerUnderTest } from './server-under-test.js'

/** Reports progress in several steps, so that many calls are in progress at once. */
export const tellSteps: ToolDefinition = defineTool({
  name: 'tell_steps',
  title: 'Tell steps',
  description: 'Reports its own marker step by step.',
  toolset: 'workspace',
  scopes: [],
  effect: 'read',
  input: z.object({ marker: z.string().max(40), waitMs: z.number().int().min(0).max(5_000) }),
  output: z.object({ marker: z.string(), clientId: z.string() }),
  async run({ marker, waitMs }, { progress, caller }) {
    for (let step = 0; step < 3; step++) {
      progress(step, `${marker} step ${step}`, 3)
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
    return { marker, clientId: caller.clientId }
  },
})

/** The markers of calls that a text contains. */
export const markersIn = (text: string) => new Set(text.match(/marker-\d+-/g))

/**
 * Sends calls of `tell_steps` over 40 connections, each with the same id and the same progress token. An answer with
 * anything but its own reports is wrong.
 */
export async function interleaveCalls(
  server: ServerUnderTest,
  count: number,
): Promise<{ sent: number; wrong: number }> {
  const tokens = await Promise.all(
    Array.from({ length: 50 }, (_, caller) => server.token({ claims: { client_id: `caller-${caller}` } })),
  )
  const { port } = new URL(server.url)
  const shoot = (number: number): Shot => ({
    bytes: tellStepsRequest(server.url, tokens[number % 50] ?? '', `marker-${number}-`, number % 2 === 0),
    isGood: (status, body) =>
      status === 200 &&
      body.includes('"id":7') &&
      body.includes(`caller-${number % 50}\\"`) &&
      body.match(/notifications\/progress/g)?.length === 3 &&
      [...markersIn(body)].join() === `marker-${number}-`,
  })
  let sent = 0
  let wrong = 0
  while (sent < count) {
    const sample = await load({
      port: Number(port),
      connections: 40,
      milliseconds: 500,
      shoot,
      sleeps: true,
    })
    sent += sample.good + sample.wrong
    wrong += sample.wrong
  }
  return { sent, wrong }
}

/** A whole request, with the same id and the same progress token as every other. */
function tellStepsRequest(url: string, token: string, marker: string, modern: boolean): Buffer {
  const meta = modern
    ? {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      }
    : {}
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: { name: tellSteps.name, arguments: { marker, waitMs: 0 }, _meta: { ...meta, progressToken: 1 } },
  })
  const head = [
    'POST /mcp HTTP/1.1',
    `Host: ${new URL(url).host}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    ...(modern
      ? ['MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: tools/call', `Mcp-Name: ${tellSteps.name}`]
      : ['MCP-Protocol-Version: 2025-11-25']),
    `Content-Length: ${body.length}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}
