import type { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { inertJson, isPlainUrl } from './inert.js'

/** What the developer of an MCP server puts into it. */
export const setupFields = z.object({
  metadataUrl: z.string().describe('Serve the metadata here, without authorization (RFC 9728 section 3.1).'),
  metadata: z.string().describe('The protected-resource metadata, as JSON in one line.'),
  challenge: z.string().describe('The header of a 401 to a request without a valid token.'),
  issuer: z.string().describe('The iss of valid tokens; their aud is the URL of the server.'),
  keysUrl: z.string().describe('The keys that sign them (JWKS).'),
  environmentVariables: z.string().describe('For a .env file.'),
  install: z.string().describe('Adds the packages that the server needs.'),
  express: z
    .string()
    .describe(
      'A server.mjs that does all of this, on Express with @scalekit-mcp/auth, with one tool as example.',
    ),
})

/**
 * The metadata names the server's whole URL as `resource`, and as authorization server the one that Scalekit keeps for it. A
 * developer pastes these lines into a shell, so names and URLs of third parties are inert in them.
 *
 * @returns undefined while the entry has no URL, or one that could not be pasted
 */
export function setupOf(resource: clients.Resource): z.output<typeof setupFields> | undefined {
  const url = resource.resourceId || resource.resourceUri
  const servers = resource.protectedMetadata?.authorization_servers
  const issuer = Array.isArray(servers) && typeof servers[0] === 'string' ? servers[0] : undefined
  if (!url || !issuer || !isPlainUrl(url) || !isPlainUrl(issuer)) return undefined
  const scopes = resource.scopes.map((scope) => scope.name)
  const metadata = inertJson({
    resource: url,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    resource_name: resource.name,
    scopes_supported: scopes,
  })
  const { origin, pathname } = new URL(url)
  const environmentUrl = issuer.replace(/\/resources\/[^/]+$/, '')
  const metadataUrl = `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`
  return {
    metadataUrl,
    metadata,
    challenge: challengeOf(metadataUrl, scopes),
    issuer: environmentUrl,
    keysUrl: `${environmentUrl}/keys`,
    install: 'npm install @scalekit-mcp/auth express @modelcontextprotocol/server @modelcontextprotocol/node',
    environmentVariables: `EXPECTED_AUDIENCE='${url}'\nPROTECTED_RESOURCE_METADATA='${metadata}'`,
    express: serverFile({
      resource: url,
      scalekit: { environmentUrl, resourceId: resource.id },
      scopes,
      tools: { whoami: [] },
    }),
  }
}

/** A whole server: a part of one leaves out what a reader has to know. */
function serverFile({ resource, ...options }: { resource: string; [option: string]: unknown }): string {
  const { port } = new URL(resource)
  return [
    "import { toNodeHandler } from '@modelcontextprotocol/node'",
    "import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'",
    "import { callerOf, createHttpServer, mcpAuth } from '@scalekit-mcp/auth'",
    "import express from 'express'",
    '',
    'const app = express()',
    `const auth = mcpAuth(${inertJson({ resource, ...options })})`,
    'app.use(auth)',
    'const handle = toNodeHandler(createMcpHandler(() => {',
    "  const server = new McpServer({ name: 'example', version: '1.0.0' })",
    "  server.registerTool('whoami', { description: 'Who is signed in.' }, auth.tool('whoami', (ctx) => {",
    "    const content = [{ type: 'text', text: callerOf(ctx).subject }]",
    '    return { content }',
    '  }))',
    '  return server',
    '}))',
    'app.post(auth.path, (req, res) => handle(req, res, req.body))',
    `createHttpServer(app).listen(${port || 3000})`,
  ].join('\n')
}

/**
 * RFC 9728 section 5.1; only scopes that can stand between quotes (RFC 6749 section 3.3), and that mean nothing to a shell. What
 * follows `Bearer` directly must not look like a credential, which results hide: so a realm comes first (RFC 6750 section 3).
 */
function challengeOf(metadataUrl: string, scopes: readonly string[]): string {
  const named = scopes.filter((scope) => /^[\w:./-]+$/.test(scope)).join(' ')
  const scope = named === '' ? '' : `, scope="${named}"`
  return `WWW-Authenticate: Bearer realm="mcp", resource_metadata="${metadataUrl}"${scope}`
}
