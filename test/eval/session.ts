import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { OfferedTool } from './models/model.js'
import type { Person } from './person.js'

/** What a tool answered, as the model reads it. */
export interface ToolAnswer {
  readonly text: string
  readonly isError: boolean
}

/** A real MCP client, signed in to the server, with a person in front of it. */
export interface Session {
  readonly instructions: string
  readonly tools: readonly OfferedTool[]
  call(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<ToolAnswer>
  close(): Promise<void>
}

export async function connect(url: string, token: string, person: Person): Promise<Session> {
  const client = new Client(
    { name: 'scalekit-eval', version: '1' },
    { capabilities: { elicitation: { form: {}, url: {} } }, versionNegotiation: { mode: 'auto' } },
  )
  client.setRequestHandler('elicitation/create', ({ params }) => person.answer(params))
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  return {
    instructions: client.getInstructions() ?? '',
    tools: await allTools(client),
    async call(name, args, signal) {
      try {
        const { content, isError = false } = await client.callTool({ name, arguments: args }, { signal })
        return {
          text: content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n'),
          isError,
        }
      } catch (error) {
        if (signal.aborted) throw error
        return { text: String(error), isError: true }
      }
    },
    close: () => client.close(),
  }
}

async function allTools(client: Client): Promise<OfferedTool[]> {
  const tools: OfferedTool[] = []
  let cursor: string | undefined
  do {
    const page = await client.listTools(cursor ? { cursor } : {})
    for (const { name, description = '', inputSchema } of page.tools)
      tools.push({ name, description, inputSchema })
    cursor = page.nextCursor
  } while (cursor)
  return tools
}
