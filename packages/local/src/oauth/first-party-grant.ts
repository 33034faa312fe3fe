import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import { actingOrganizations } from './acting-organization.js'
import type { ServerIdentity } from './oauth-context.js'
import { isScalekitClient } from './scalekit-clients.js'

/**
 * The grant that a request builds on. An application of the environment itself asks its users to sign in and
 * nothing else, so signing in is the consent; it counts for who they are, never for an MCP server's scopes. A
 * grant is for the organization in which the person acts: with another one, there is another grant.
 */
export async function loadExistingGrant(
  ctx: KoaContextWithOIDC,
  { context, realm, issuer }: ServerIdentity,
): Promise<Grant | undefined> {
  const { client, session, provider, result, params } = ctx.oidc
  if (client === undefined || session === undefined) return undefined
  const acting = actingOrganizations(context, realm)
  if (typeof result?.organization === 'string') await acting.set(session.uid, result.organization)
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const firstParty = isScalekitClient(client.clientId) && params?.resource === issuer
  if (!firstParty || session.accountId === undefined) return existing
  const organization = await acting.get(session.uid)
  if (existing !== undefined && (await acting.get(existing.jti)) === organization) return existing
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
  const scope = String(params?.scope ?? '')
  grant.addOIDCScope(scope)
  grant.addResourceScope(issuer, scope)
  const id = await grant.save()
  if (organization !== undefined) await acting.set(id, organization)
  return grant
}
