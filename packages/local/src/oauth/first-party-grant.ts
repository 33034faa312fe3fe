import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import { isScalekitClient } from './scalekit-clients.js'

/**
 * The grant that a request builds on. An application of the environment itself asks its users to sign in and
 * nothing else, so signing in is the consent; it counts for who they are, never for an MCP server's scopes.
 */
export async function loadExistingGrant(ctx: KoaContextWithOIDC, issuer: string): Promise<Grant | undefined> {
  const { client, session, provider, result, params } = ctx.oidc
  if (client === undefined || session === undefined) return undefined
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const firstParty = isScalekitClient(client.clientId) && params?.resource === issuer
  if (existing !== undefined || !firstParty || session.accountId === undefined) return existing
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
  const scope = String(params?.scope ?? '')
  grant.addOIDCScope(scope)
  grant.addResourceScope(issuer, scope)
  await grant.save()
  return grant
}
