import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { errorHandler, notFound, organizationOf, protect, requestLog, tokenFrom } from '@scalekit-mcp/auth'
import express from 'express'
import * as z from 'zod'
import { createGreetings } from './greetings.js'

/** What a call of each tool needs. A tool that is not listed cannot be called. */
const tools = {
  greet_user: ['user:read'],
  list_greetings: ['user:read'],
  clear_greetings: ['user:read', 'admin'],
}

/** @param {import('./settings.js').Settings} settings */
export function createApp({ resource, scalekit, limits, log }) {
  const greetings = createGreetings()
  const app = express()
  app.use(requestLog(log))
  app.get('/health', (_req, res) => void res.json({ status: 'healthy' }))
  const { path, tool } = protect(app, { resource, scalekit, scopes: ['user:read'], tools, limits })

  const handle = toNodeHandler(
    createMcpHandler(() => {
      const server = new McpServer({ name: 'greeting', version: '0.1.0' })
      const name = z.string().min(1).max(100).describe('Who is greeted.')
      server.registerTool(
        'greet_user',
        { description: 'Greet a person by name.', inputSchema: z.strictObject({ name }) },
        tool('greet_user', async ({ name }, ctx) => {
          const { subject, organizationId = 'nobody' } = tokenFrom(ctx)
          return text(greetings.add(organizationId, `Hello ${name}, says ${subject}.`))
        }),
      )
      server.registerTool(
        'list_greetings',
        { description: "List the greetings of the caller's organization." },
        tool('list_greetings', async (ctx) => text(greetings.of(organizationOf(ctx)).join('\n'))),
      )
      server.registerTool(
        'clear_greetings',
        { description: 'Forget the greetings of every organization. For administrators.' },
        tool('clear_greetings', async () => text(`${greetings.clear()} greetings forgotten.`)),
      )
      return server
    }),
  )
  app.post(path, (req, res) => handle(req, res, req.body))
  app.use(notFound, errorHandler(log))
  return app
}

/** @param {string} value */
const text = (value) => ({ content: [{ type: /** @type {const} */ ('text'), text: value }] })
