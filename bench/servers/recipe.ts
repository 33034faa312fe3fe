import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import express from 'express'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { ToolDefinition } from 'scalekit-mcp'
import { tools } from '../../packages/server/dist/tools/index.js'

// What the documents of the MCP SDK say to write, with the same tools: a server per request, each tool registered, the token
// verified with jose on every request, the API called with fetch.

const { PORT = '', ISSUER = '', RESOURCE = '' } = process.env
const keys = createRemoteJWKSet(new URL(`${ISSUER}/keys`))
const metadataUrl = new URL('/.well-known/oauth-protected-resource/mcp', RESOURCE).href
const offered = tools.filter(
  ({ toolset }) =>
    !['directories', 'domains', 'permissions', 'clients', 'sessions', 'audit'].includes(toolset),
)

interface Who {
  readonly token: string
  readonly sub: string
  readonly clientId: string
  readonly scopes: string[]
  readonly expiresAt: number
}

const run: Record<string, (who: Who) => Promise<object>> = {
  async whoami({ sub, clientId, scopes, expiresAt }) {
    return {
      subject: sub,
      clientId,
      issuer: ISSUER,
      scopes,
      expiresAt: new Date(expiresAt * 1000).toISOString(),
    }
  },
  async list_environments({ token }) {
    const response = await fetch(`${ISSUER}/api/v1/environments`, {
      headers: { authorization: `Bearer api-of-${subjectOf(token)}` },
    })
    const { environments } = (await response.json()) as {
      environments: { id: string; display_name: string; type: string; domain: string }[]
    }
    return {
      items: environments.map(({ id, display_name, type, domain }) => ({
        id,
        name: display_name,
        type,
        domain,
      })),
    }
  },
}

const subjectOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub

function register(server: McpServer, tool: ToolDefinition): void {
  const config = { title: tool.title, description: tool.description, inputSchema: tool.input }
  server.registerTool(tool.name, config, async (_args, context) => {
    const result = await run[tool.name]?.(context.http?.authInfo?.extra?.who as Who)
    return {
      content: [{ type: 'text' as const, text: JSON.stringify(result) }],
      structuredContent: result as Record<string, unknown>,
    }
  })
}

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'recipe', version: '1' })
  for (const tool of offered) register(server, tool)
  return server
})
const node = toNodeHandler(handler)

const app = express()
app.get('/.well-known/oauth-protected-resource/mcp', (_, res) => {
  res.json({ resource: RESOURCE, authorization_servers: [ISSUER], bearer_methods_supported: ['header'] })
})
app.post('/mcp', express.json(), async (req, res) => {
  const token = req.headers.authorization?.replace(/^Bearer /, '')
  const verified =
    token &&
    (await jwtVerify(token, keys, { issuer: ISSUER, audience: RESOURCE, algorithms: ['RS256'] }).catch(
      () => undefined,
    ))
  if (!verified) {
    res
      .status(401)
      .set('www-authenticate', `Bearer resource_metadata="${metadataUrl}"`)
      .json({ error: 'unauthorized' })
    return
  }
  const { sub = '', client_id, scope, exp = 0 } = verified.payload
  const scopes = String(scope).split(' ')
  const who: Who = { token, sub, clientId: String(client_id), scopes, expiresAt: exp }
  Object.assign(req, { auth: { token, clientId: who.clientId, scopes, expiresAt: exp, extra: { who } } })
  await node(req, res, req.body)
})
app.listen(Number(PORT), '127.0.0.1')
