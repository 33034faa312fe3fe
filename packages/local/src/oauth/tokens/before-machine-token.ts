import { errors } from 'oidc-provider'
import type { M2mClient } from '../../domain/clients/m2m-clients.js'
import type { OAuthContext } from '../server/oauth-context.js'

/** Asks the applications that decide on tokens of machines, and gives the claims that they add. Throws `AccessDenied`. */
export async function askBeforeMachineToken(
  { interceptors }: OAuthContext,
  environment: string,
  { id: client_id, name, organizationId }: M2mClient,
  scope: string | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const organization = organizationId === null ? {} : { organization_id: organizationId }
  const verdict = await interceptors.ask({
    environment,
    trigger: 'PRE_M2M_TOKEN_CREATION',
    about: { client_id, ...organization },
    data: { client: { id: client_id, name: name ?? '', ...organization }, scopes: scope?.split(' ') ?? [] },
  })
  if (!verdict.allowed) throw new errors.AccessDenied(verdict.message)
  return verdict.claims
}
