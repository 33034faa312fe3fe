import type { McpServer } from '@modelcontextprotocol/server'
import type { McpAuth } from '@scalekit-mcp/auth'
import * as z from 'zod'

/** Greets a person by name. A strict object refuses arguments that it does not declare. */
export function greetUser(server: McpServer, tool: McpAuth['tool']): void {
  server.registerTool(
    'greet_user',
    {
      description: 'Greets the user with a personalized message.',
      inputSchema: z.strictObject({
        name: z.string().min(1, 'Name is required').max(200).describe('Who to greet.'),
      }),
      annotations: { readOnlyHint: true },
    },
    tool('greet_user', async ({ name }) => ({
      content: [{ type: 'text', text: `Hi ${name}, welcome to Scalekit!` }],
    })),
  )
}
