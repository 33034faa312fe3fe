import type { Client } from 'oidc-provider'
import { isScalekitClient } from '../clients/scalekit-clients.js'
import type { ServerIdentity } from './oauth-context.js'

/**
 * Whether an authorization request must have a code challenge (RFC 7636). Every request for an MCP server and every
 * public client needs one (OAuth 2.1, section 7.5.1). A web application with a secret does not, unless it sets
 * `enforce_pkce`: its code is worth nothing without the secret.
 */
export function requiresPkce(
  { resource, issuer }: Pick<ServerIdentity, 'resource' | 'issuer'>,
  target: unknown,
  client: Client,
): boolean {
  const forApplication = resource === undefined && (target === undefined || target === issuer)
  const mayGoWithout = isScalekitClient(client.clientId) && client.clientAuthMethod !== 'none'
  return !forApplication || !mayGoWithout || client.enforce_pkce === true
}
