import {
  createMcpExpressApp,
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthMetadataRouter,
  requireBearerAuth,
} from '@modelcontextprotocol/express'
import { toNodeHandler } from '@modelcontextprotocol/node'
import {
  type AuthInfo,
  createMcpHandler,
  McpServer,
  OAuthError,
  OAuthErrorCode,
} from '@modelcontextprotocol/server'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { ToolDefinition } from 'scalekit-mcp'
import { optInToolsets } from '../../packages/server/dist/tool.js'
import { tools } from '../../packages/server/dist/tools/index.js'

// What the documents of the MCP SDK say to write, with the same tools: the SDK's own Express app, its bearer check in front
// with jose on every request, its metadata router, a server per request with each tool registered, and the API called with
// fetch.

const { PORT = '', ISSUER = '', RESOURCE = '' } = process.env
const keys = createRemoteJWKSet(new URL(`${ISSUER}/keys`))
const resource = new URL(RESOURCE)
const offered = tools.filter(({ toolset }) => !optInToolsets.some((optIn) => optIn === toolset))

const verifier = {
  async verifyAccessToken(token: string): Promise<AuthInfo> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: ISSUER,
        audience: RESOURCE,
        algorithms: ['RS256'],
      })
      return {
        token,
        clientId: String(payload.client_id),
        scopes: String(payload.scope).split(' '),
        expiresAt: payload.exp ?? 0,
        resource,
        extra: { sub: payload.sub },
      }
    } catch {
      throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not valid here.')
    }
  },
}

type Run = (who: AuthInfo, args: Record<string, unknown>) => Promise<Record<string, unknown>>

const run: Record<string, Run> = {
  async whoami({ clientId, scopes, expiresAt = 0, extra }) {
    return {
      subject: extra?.sub,
      clientId,
      issuer: ISSUER,
      scopes,
      expiresAt: new Date(expiresAt * 1000).toISOString(),
      administratorRule: 'the workspace role ADMIN',
      mode: 'workspace',
      readOnly: false,
      toolsets: [...new Set(offered.map(({ toolset }) => toolset))],
      toolsetsLeftOut: [...optInToolsets],
    }
  },
  async list_environments({ extra }) {
    const response = await fetch(`${ISSUER}/api/v1/environments`, {
      headers: { authorization: `Bearer api-of-${extra?.sub}` },
    })
    const { environments } = (await response.json()) as {
      environments: { id: string; display_name: string; type: string; domain: string }[]
    }
    return {
      items: environments.map(({ id, display_name, type, domain }) => ({
        id,
        displayName: display_name,
        type,
        domain,
      })),
    }
  },
  /** The domain of the environment is known here, so that no request goes out for it. */
  async create_organization({ extra }, { name, externalId }) {
    const response = await fetch(`${ISSUER}/api/v1/organizations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer api-of-${extra?.sub}`,
        'content-type': 'application/json',
        'x-env-domain': 'env-1.example.com',
      },
      body: JSON.stringify({ display_name: name, external_id: externalId }),
    })
    const { organization } = (await response.json()) as {
      organization: { id: string; display_name: string; create_time: string }
    }
    const { id, display_name: displayName, create_time: createdAt } = organization
    return { organization: { id, displayName, createdAt } }
  },
}

function register(server: McpServer, tool: ToolDefinition): void {
  const { title, description, input, output, effect } = tool
  const annotations = { readOnlyHint: effect === 'read', openWorldHint: true }
  const config = { title, description, inputSchema: input, outputSchema: output, annotations }
  server.registerTool(tool.name, config, async (args, context) => {
    const result = await run[tool.name]?.(context.http?.authInfo as AuthInfo, args)
    return { content: [{ type: 'text' as const, text: JSON.stringify(result) }], structuredContent: result }
  })
}

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'recipe', version: '1' })
  for (const tool of offered) register(server, tool)
  return server
})
const node = toNodeHandler(handler)

const app = createMcpExpressApp()
app.use(
  mcpAuthMetadataRouter({
    resourceServerUrl: resource,
    scopesSupported: ['environment:read', 'organization:read', 'organization:write'],
    dangerouslyAllowInsecureIssuerUrl: true,
    oauthMetadata: {
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/oauth/authorize`,
      token_endpoint: `${ISSUER}/oauth/token`,
      response_types_supported: ['code'],
    },
  }),
)
const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resource)
app.all(
  '/mcp',
  requireBearerAuth({ verifier, resourceMetadataUrl, expectedResource: resource }),
  (req, res) => void node(req, res, req.body),
)
app.listen(Number(PORT), '127.0.0.1')
