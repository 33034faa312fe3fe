import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { ConnectionRow } from '../../engine/registry-schema.js'
import type { OAuthContext } from '../oauth-context.js'
import { SIMULATOR } from '../simulator/simulated-person.js'
import { createTickets } from '../tickets.js'
import { identityProviderOf } from './identity-provider.js'
import { ssoCallback } from './sso-callback.js'

const LIFETIME_SECONDS = 600

/** What an identity provider is asked for: to finish a sign-in, or to try a connection in the admin portal. */
export const Purpose = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sign-in'), uid: z.string() }),
  z.object({ kind: z.literal('test') }),
])
export type Purpose = z.infer<typeof Purpose>

const SsoRequest = z.object({
  connection: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  purpose: Purpose,
})
export type SsoRequest = z.infer<typeof SsoRequest>

/** The requests to identity providers that are not answered yet, by their `state`. */
export function ssoRequests(context: OAuthContext, environment: string) {
  return createTickets(context, environment, 'SsoRequest', SsoRequest)
}

/**
 * Where to send the browser, for somebody to sign in at the identity provider of a connection: an authorization
 * request with `state`, `nonce` and PKCE (OpenID Connect Core, section 3.1.2.1; RFC 7636). Throws a `SignInRefusal`.
 */
export async function startSso(
  context: OAuthContext,
  connection: ConnectionRow,
  purpose: Purpose,
  loginHint?: string,
): Promise<string> {
  const idp = await identityProviderOf(context, connection)
  const [state, nonce, verifier] = [secret(), secret(), secret()]
  await ssoRequests(context, connection.environment_id).put(
    state,
    { connection: connection.id, nonce, verifier, purpose },
    LIFETIME_SECONDS,
  )
  const url = new URL(idp.authorizationEndpoint)
  const params = {
    response_type: 'code',
    client_id: idp.clientId,
    redirect_uri: ssoCallback(context.baseUrl, connection),
    scope: idp.scope,
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
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
