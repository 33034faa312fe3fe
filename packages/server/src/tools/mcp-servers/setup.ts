import type { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { inertJson, isPlainUrl } from './inert.js'

/** What the developer of an MCP server puts into it. */
export const setupFields = z.object({
  metadataUrl: z.string().describe('Serve the metadata here, without authorization (RFC 9728 section 3.1).'),
  metadata: z.string().describe('The protected-resource metadata, as JSON in one line.'),
  environmentVariables: z.string().describe('For a .env file.'),
  express: z.string().describe('For a server on Express with @scalekit-mcp/auth.'),
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
  return {
    metadataUrl: `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`,
    metadata,
    environmentVariables: `EXPECTED_AUDIENCE='${url}'\nPROTECTED_RESOURCE_METADATA='${metadata}'`,
    express: `const protection = protect(app, ${inertJson({
      resource: url,
      scalekit: { environmentUrl, resourceId: resource.id },
      scopes,
    })})\napp.post(protection.path, handler)`,
  }
}
