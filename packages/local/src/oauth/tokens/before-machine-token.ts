import { errors } from 'oidc-provider'
import { customClaims, unreserved } from '../../domain/clients/custom-claims.js'
import type { M2mClient } from '../../domain/clients/m2m-clients.js'
import { splitScope } from '../../domain/resources/scopes.js'
import type { OAuthContext } from '../server/oauth-context.js'

/** Asks the applications that decide on tokens of machines, and gives the claims that they add or change. Throws `AccessDenied`. */
export async function askBeforeMachineToken(
  { interceptors }: OAuthContext,
  environment: string,
  { id: client_id, organizationId, custom_claims }: M2mClient,
  scope: string | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const organization = organizationId === null ? {} : { organization_id: organizationId }
  const claims = {
    custom_claims: customClaims(custom_claims),
    ...(organizationId === null ? {} : { oid: organizationId }),
    ...{ scope: scope ?? '', scopes: splitScope(scope) },
  }
  const verdict = await interceptors.ask({
    environment,
    trigger: 'PRE_M2M_TOKEN_CREATION',
    about: { client_id, ...organization },
    data: { m2m_token_claims: { client_id, claims } },
  })
  if (!verdict.allowed) throw new errors.AccessDenied(verdict.message)
  return unreserved(verdict.claims)
}
