import { Secret } from '@scalekit-mcp/auth'
import { localEnvironment } from '../src/cli/dev.js'
import { loadConfig } from '../src/config/config.js'
import { createDocs } from '../src/docs-search/docs.js'
import { connectScalekit } from '../src/scalekit/connect.js'
import type { Revealed, ToolDefinition } from '../src/tool.js'
import { patient, type ServerUnderTest } from './server-under-test.js'

/** What a tool that creates something for a person answers: the result for the model, and what only the person gets. */
export interface RevealedResult {
  readonly output: Record<string, unknown>
  readonly revealed: readonly Revealed[]
}

/**
 * Runs a tool against the real API as the administrator, as far as its own result: what it reveals is in no answer that a
 * client sees.
 */
export async function runTool(
  server: ServerUnderTest,
  tool: ToolDefinition,
  args: Record<string, unknown>,
): Promise<RevealedResult> {
  const config = loadConfig(localEnvironment(server.local, server.resource), {})
  const connection = connectScalekit({ ...config, timeouts: patient })
  const docs = createDocs(new URL(config.docsUrl), connection.dispatcher, () => undefined)
  const caller = {
    issuer: `${server.local.url}/workspace`,
    subject: 'admin@example.com',
    clientId: 'test',
    scopes: new Set<string>(tool.scopes),
    audience: [server.resource],
    expiresAt: Math.floor(Date.now() / 1000) + 60,
    claims: {},
    token: new Secret(await server.token()),
  }
  try {
    const { revealed = [], ...output } = await tool.run(tool.input.parse(args), {
      scalekit: connection.scalekit(caller, new AbortController().signal),
      docs,
      caller,
      progress: () => undefined,
    })
    return { output, revealed }
  } finally {
    await docs.close()
    await connection.close()
  }
}
