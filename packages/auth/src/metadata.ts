import { byteLength } from '#platform'
import { AuthError } from './errors.js'
import type { HttpAnswer, HttpRequest } from './http-message.js'
import { endInOneWrite, writeHead } from './send.js'

const WELL_KNOWN = '/.well-known/oauth-protected-resource'
const METHODS = ['GET', 'HEAD', 'OPTIONS']

export interface MetadataOptions {
  readonly resource: string
  readonly authorizationServers: readonly string[]
  /** Minimal: what a client needs for basic use, not everything there is. */
  readonly scopes: readonly string[]
  readonly name?: string
}

/** The protected resource metadata document (RFC 9728 section 2). */
export function createMetadata(options: MetadataOptions): Record<string, unknown> {
  return {
    resource: options.resource,
    authorization_servers: options.authorizationServers,
    bearer_methods_supported: ['header'],
    scopes_supported: options.scopes,
    ...(options.name !== undefined && { resource_name: options.name }),
  }
}

/** RFC 9728 section 3.1: the well-known string goes between host and path. */
export function resourceMetadataUrl(resource: string): string {
  const { origin } = new URL(resource)
  return `${origin}${metadataPath(resource)}`
}

function metadataPath(resource: string): string {
  const { pathname } = new URL(resource)
  return pathname === '/' ? WELL_KNOWN : `${WELL_KNOWN}${pathname}`
}

/**
 * Serves the document at the resource's own well-known path and at the root one, to every origin: it is
 * public (RFC 9728 section 3). Returns whether the request was for it.
 */
export function createMetadataEndpoint(
  document: Record<string, unknown>,
): (path: string, req: HttpRequest, res: HttpAnswer) => boolean {
  const paths = new Set([WELL_KNOWN, metadataPath(String(document.resource))])
  const body = JSON.stringify(document)
  const length = byteLength(body)

  return (path, req, res) => {
    if (!paths.has(path)) return false
    res.setHeader('Access-Control-Allow-Origin', '*')
    if (req.method === 'OPTIONS') {
      writeHead(res, 204, {
        'Access-Control-Allow-Methods': METHODS.join(', '),
        'Access-Control-Allow-Headers': 'Accept, Content-Type, MCP-Protocol-Version',
        'Access-Control-Max-Age': '86400',
      })
      res.end()
    } else if (req.method === 'GET' || req.method === 'HEAD') {
      writeHead(res, 200, {
        'Content-Type': 'application/json',
        'Content-Length': length,
        'Cache-Control': 'public, max-age=300',
      })
      endInOneWrite(res, body)
    } else {
      throw new AuthError('method_not_allowed', 'The resource metadata is read with GET.', { allow: METHODS })
    }
    return true
  }
}
