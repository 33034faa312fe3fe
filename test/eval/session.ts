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

/** How the client reaches its person: by its own dialogues, or only by showing the links of pages. */
export type Asking = 'dialogues' | 'links'

export async function connect(url: string, token: string, person: Person, asking: Asking): Promise<Session> {
  const client = new Client(
    { name: 'scalekit-eval', version: '1' },
    {
      capabilities: asking === 'dialogues' ? { elicitation: { form: {}, url: {} } } : {},
      versionNegotiation: { mode: 'auto' },
    },
  )
  if (asking === 'dialogues') {
    client.setRequestHandler('elicitation/create', ({ params }) => person.answer(params))
  }
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  return {
    instructions: client.getInstructions() ?? '',
    tools: await allTools(client),
    async call(name, args, signal) {
      try {
        const { content, isError = false } = await client.callTool({ name, arguments: args }, { signal })
        const text = content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n')
        const link = isError ? linkOf(text) : undefined
        if (link === undefined) return { text, isError }
        // The agent shows the link, and the person follows it at once. The call waits: that is no wrong turn.
        await person.visit(link)
        return { text, isError: false }
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

/** The page where a call waits for the person. */
function linkOf(text: string): string | undefined {
  const { error } = JSON.parse(text) as { error?: { code: string; handOff?: { url: string } } }
  return error?.code === 'person_needed' ? error.handOff?.url : undefined
}
