import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { freePort, mintToken } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { loadConfig } from '../src/config.js'
import { startServer } from '../src/main.js'
import { createLog } from '../src/observe/log.js'
import type { ToolDefinition } from '../src/tool.js'

export const eras = ['2026-07-28', '2025-11-25'] as const
export type Era = (typeof eras)[number]

/** What a client sees of a call. */
export interface Answer {
  readonly ok: boolean
  readonly result: Record<string, unknown> | undefined
  readonly error: { code: string; message: string; nextStep: string } | undefined
}

export interface ServerUnderTest {
  readonly url: string
  readonly local: LocalScalekit
  readonly log: string[]
  token(request?: Record<string, unknown>): Promise<string>
  /** Calls a tool with the official client of an era. The default caller is an administrator with all scopes. */
  call(
    era: Era,
    tool: string,
    args?: Record<string, unknown>,
    options?: { token?: string; query?: string },
  ): Promise<Answer>
  close(): Promise<void>
}

export const allScopes = ['workspace', 'environment', 'organization'].flatMap((each) => [
  `${each}:read`,
  `${each}:write`,
])

/** The id of the object that a call created. */
export function idOf(answer: Answer, object: string): string {
  const created = answer.result?.[object] as { id?: string } | undefined
  if (!created?.id) throw new Error(`no ${object} was created: ${JSON.stringify(answer.error)}`)
  return created.id
}

/** The ids of the items that a list answered. */
export function idsOf(answer: Answer): string[] {
  if (!answer.result) throw new Error(`no list: ${JSON.stringify(answer.error)}`)
  return (answer.result.items as { id: string }[]).map(({ id }) => id)
}

/** The real server in front of the real local environment, in this process, on free ports. */
export async function startServerUnderTest(
  env: Record<string, string> = {},
  tools?: readonly ToolDefinition[],
): Promise<ServerUnderTest> {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: url })
  const log: string[] = []
  const config = loadConfig({ ...localEnvironment(local, url), PORT: String(port), ...env }, {})
  const server = await startServer(
    config,
    createLog('debug', { write: (line) => void log.push(line) }),
    tools,
  )
  const token = (request: Record<string, unknown> = {}) =>
    mintToken({ localUrl: local.url }, { scopes: allScopes, resource: url, ...request })
  return {
    url,
    local,
    log,
    token,
    async call(era, tool, args = {}, options = {}) {
      const bearer = options.token ?? (await token())
      const target = new URL(url + (options.query ?? ''))
      const requestInit = { headers: { authorization: `Bearer ${bearer}` } }
      const [client, transport] =
        era === '2026-07-28'
          ? ([
              new ModernClient({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } }),
              new ModernTransport(target, { requestInit }),
            ] as const)
          : ([
              new LegacyClient({ name: 'test', version: '1' }),
              new LegacyTransport(target, { requestInit }),
            ] as const)
      await (client as ModernClient).connect(transport as ModernTransport)
      try {
        return answer(await (client as ModernClient).callTool({ name: tool, arguments: args }))
      } finally {
        await client.close()
      }
    },
    async close() {
      await server.stop()
      await local.close()
    },
  }
}

function answer(result: unknown): Answer {
  const { isError, structuredContent, content } = result as {
    isError?: boolean
    structuredContent?: Record<string, unknown>
    content: { type: string; text: string }[]
  }
  const text = JSON.parse(content[0]?.text ?? 'null')
  if (!isError && JSON.stringify(text) !== JSON.stringify(structuredContent)) {
    throw new Error('the text is not the same object as structuredContent')
  }
  return { ok: !isError, result: structuredContent, error: isError ? text.error : undefined }
}
