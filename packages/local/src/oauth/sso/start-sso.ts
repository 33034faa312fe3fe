import { createHash, randomBytes } from 'node:crypto'
import { OWN_LOGIN } from '../../domain/connections/connection-data.js'
import { ssoCallback } from '../../domain/connections/sso-callback.js'
import { keepSsoRequest, type Purpose } from '../../domain/connections/sso-request.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { SIMULATOR } from '../simulator/simulated-person.js'
import { identityProviderOf } from './oidc/identity-provider.js'
import { startOwnLogin } from './own-login.js'
import { startSaml } from './saml/start-saml.js'

/** Where to send the browser, for somebody to sign in at the identity provider of a connection. Throws a `SignInRefusal`. */
export async function startSso(
  context: OAuthContext,
  connection: ConnectionRow,
  purpose: Purpose,
  loginHint?: string,
): Promise<string> {
  if (connection.type === OWN_LOGIN) return startOwnLogin(context, connection, purpose)
  // The simulator of a connection speaks OpenID Connect, whatever the type: applications see no difference.
  const start = connection.type === 'SAML' && connection.provider !== 'IDP_SIMULATOR' ? startSaml : startOidc
  return start(context, connection, purpose, loginHint)
}

/** An authorization request with `state`, `nonce` and, unless the connection switches it off, PKCE (OpenID Connect Core, section 3.1.2.1; RFC 7636). */
async function startOidc(
  context: OAuthContext,
  connection: ConnectionRow,
  purpose: Purpose,
  loginHint?: string,
): Promise<string> {
  const idp = await identityProviderOf(context, connection)
  const [nonce, verifier] = [secret(), idp.pkce ? secret() : undefined]
  const state = await keepSsoRequest(context, connection, {
    ...{ nonce, purpose },
    ...(verifier !== undefined && { verifier }),
  })
  const url = new URL(idp.authorizationEndpoint)
  const params = {
    response_type: 'code',
    client_id: idp.clientId,
    redirect_uri: ssoCallback(context.baseUrl, connection),
    scope: idp.scope,
    state,
    nonce,
    ...(verifier !== undefined && {
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }),
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    // At the simulator one says anew who one is; elsewhere the session there counts.
    ...(idp.issuer.includes(`/${SIMULATOR}/`) ? { prompt: 'login' } : {}),
  }
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  return url.href
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}
