import { createRemoteJWKSet, errors as joseErrors, jwtVerify } from 'jose'
import { z } from 'zod'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import { ssoCallback } from '../../../domain/connections/sso-callback.js'
import type { SsoRequest } from '../../../domain/connections/sso-request.js'
import { AssertedIdentity } from '../../../domain/users/asserted-identity.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { fetchJson } from '../ask-identity-provider.js'
import { type IdentityProvider, identityProviderOf } from './identity-provider.js'

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

const TokenAnswer = z.object({ id_token: z.string() })

/** Turns the code of an identity provider into an identity. Throws a `SignInRefusal`. */
export async function redeemSsoCode(
  context: OAuthContext,
  connection: ConnectionRow,
  code: string,
  request: SsoRequest,
): Promise<AssertedIdentity> {
  const idp = await identityProviderOf(context, connection)
  const redirect = ssoCallback(context.baseUrl, connection)
  const answer = TokenAnswer.safeParse(await askForToken(idp, redirect, code, request.verifier ?? ''))
  if (!answer.success)
    throw new SignInRefusal('identity_provider_failed', 'The identity provider sent no ID token.')
  const identity = AssertedIdentity.safeParse(
    await verified(context, idp, answer.data.id_token, request.nonce),
  )
  if (!identity.success) {
    throw new SignInRefusal(
      'identity_provider_failed',
      'The identity provider does not tell the e-mail address.',
    )
  }
  if (identity.data.email_verified === false) {
    throw new SignInRefusal('access_denied', 'The identity provider has not verified the e-mail address.')
  }
  return { ...identity.data, email: identity.data.email.toLowerCase() }
}

function askForToken(idp: IdentityProvider, redirect_uri: string, code: string, code_verifier: string) {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri, code_verifier })
  const headers: Record<string, string> = { accept: 'application/json' }
  const { client, clientId } = idp
  if (client === undefined || client.inBody) body.set('client_id', clientId)
  if (client?.inBody) body.set('client_secret', client.secret)
  else if (client !== undefined) {
    // RFC 6749, section 2.3.1: both are form-encoded first.
    const pair = [clientId, client.secret].map(encodeURIComponent).join(':')
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  }
  return fetchJson(idp.tokenEndpoint, { method: 'POST', headers, body })
}

/** OpenID Connect Core, section 3.1.3.7. */
async function verified(context: OAuthContext, idp: IdentityProvider, idToken: string, nonce: string) {
  try {
    const keys = createRemoteJWKSet(new URL(idp.jwksUri))
    const { payload } = await jwtVerify(idToken, keys, {
      issuer: idp.issuer,
      audience: idp.clientId,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: new Date(context.clock.now()),
      clockTolerance: 60,
    })
    const toUs = payload.azp === undefined || payload.azp === idp.clientId
    if (payload.nonce === nonce && toUs) return payload
  } catch (cause) {
    if (!(cause instanceof joseErrors.JOSEError || cause instanceof TypeError)) throw cause
    throw refused(cause)
  }
  throw refused()
}

function refused(cause?: unknown): SignInRefusal {
  return new SignInRefusal(
    'identity_provider_failed',
    'The ID token of the identity provider is not valid.',
    {
      cause,
    },
  )
}
