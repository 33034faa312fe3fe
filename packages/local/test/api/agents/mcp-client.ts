import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

export interface McpClient {
  tools(): Promise<readonly string[]>
  call(name: string, args?: Record<string, unknown>): ReturnType<Client['callTool']>
  readonly client: Client
  close(): Promise<void>
}

/** The official MCP client, with a session token as hosts of agents send one. */
export async function connectMcp(
  url: string,
  token: string,
  mode: 'auto' | 'legacy' = 'auto',
): Promise<McpClient> {
  const client = new Client({ name: 'agent', version: '1' }, { versionNegotiation: { mode } })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  return {
    client,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, args = {}) => client.callTool({ name, arguments: args }),
    close: () => client.close(),
  }
}
