import type { ClientMetadata } from 'oidc-provider'
import type { M2mClient } from '../../domain/clients/m2m-clients.js'
import { storedHashes } from './client-secrets.js'
import { MANAGED } from './registered-uris.js'

/** Such a client as oidc-provider wants it. */
export function m2mMetadata(client: M2mClient): ClientMetadata {
  const signsIn = client.redirect_uris.length > 0
  return {
    ...MANAGED,
    client_id: client.id,
    client_name: client.name || undefined,
    client_secret: storedHashes(client.secrets),
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: client.redirect_uris,
    response_types: signsIn ? ['code'] : [],
    grant_types: ['client_credentials', ...(signsIn ? ['authorization_code', 'refresh_token'] : [])],
  }
}
