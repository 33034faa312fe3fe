import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import {
  callerOf,
  type Fetch,
  mcpAuth,
  type ProtectOptions,
  readScalekitVariables,
} from '@scalekit-mcp/auth/fetch'
import * as z from 'zod'

type Environment = Readonly<Record<string, string | undefined>>

/** The scopes that a call of each tool needs. A tool that is not in this table cannot be called. */
const tools = { greet_user: ['user:read'] }

/**
 * The whole server as one function, as every runtime with the Fetch API calls it.
 *
 * @param environment the variables of a protected server; without them, those of the local environment
 * @param addressOf reads the client's address, which each runtime gives in another place
 * @throws Error with a sentence for each variable that is missing or wrong
 */
export function createApp(environment: Environment, addressOf?: ProtectOptions<Request>['addressOf']): Fetch {
  const { options, problems } = readScalekitVariables(environment, {
    SK_ENV_URL: 'http://localhost:8787/env_100000000000000001',
    EXPECTED_AUDIENCE: 'http://localhost:3003/mcp',
    MCP_SERVER_ID: 'res_100000000000000002',
  })
  if (!options) throw new Error(problems.join('\n'))
  const auth = mcpAuth({ ...options, scopes: ['user:read'], tools, ...(addressOf && { addressOf }) })

  // A new MCP server for each request, so that no caller reaches what belongs to another.
  const createServer = () => {
    const server = new McpServer({ name: 'Greeting on the Fetch API', version: '1.0.0' })
    server.registerTool(
      'greet_user',
      {
        description: 'Greets a person by name.',
        inputSchema: z.strictObject({ name: z.string().min(1).max(200).describe('Who to greet.') }),
        annotations: { readOnlyHint: true },
      },
      auth.tool('greet_user', async ({ name }, ctx) => ({
        content: [{ type: 'text', text: `Hi ${name}, says ${callerOf(ctx).subject}.` }],
      })),
    )
    return server
  }
  const mcp = createMcpHandler(createServer)
  return auth.protect((request, call) => mcp.fetch(request, call))
}
