import { createRemoteJWKSet, type JWTPayload, errors as joseErrors, jwtVerify } from 'jose'
import { z } from 'zod'
import { connectionData } from '../../../domain/connections/connection-data.js'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import { ssoCallback } from '../../../domain/connections/sso-callback.js'
import type { SsoRequest } from '../../../domain/connections/sso-request.js'
import { assertedAttributes } from '../../../domain/users/asserted-attributes.js'
import { AssertedIdentity } from '../../../domain/users/asserted-identity.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { fetchJson } from '../ask-identity-provider.js'
import { type IdentityProvider, identityProviderOf } from './identity-provider.js'

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

const TokenAnswer = z.object({ id_token: z.string(), access_token: z.string().optional() })

/** Turns the code of an identity provider into an identity. Throws a `SignInRefusal`. */
export async function redeemSsoCode(
  context: OAuthContext,
  connection: ConnectionRow,
  code: string,
  request: SsoRequest,
): Promise<AssertedIdentity> {
  const idp = await identityProviderOf(context, connection)
  const redirect = ssoCallback(context.baseUrl, connection)
  const answer = TokenAnswer.safeParse(
    await askForToken(idp, redirect, code, request.verifier).catch((cause) => {
      if (!(cause instanceof SignInRefusal)) throw cause
      throw new SignInRefusal(
        'failed_to_exchange_token',
        `The identity provider did not accept the code. ${cause.message}`,
        { cause },
      )
    }),
  )
  if (!answer.success) {
    throw new SignInRefusal('invalid_id_token', 'The identity provider sent no ID token.')
  }
  const idToken = await verified(context, idp, answer.data.id_token, request.nonce)
  const { attribute_mapping: mapping } = connectionData(connection)
  const claims = await withUserInfo(idp, idToken, answer.data.access_token, mapping)
  const asserted = assertedAttributes(claims, mapping)
  const { sub, email_verified } = claims
  const email = asserted.email?.toLowerCase()
  const identity = AssertedIdentity.safeParse({ ...asserted, sub, email, email_verified, raw: claims })
  if (!identity.success) {
    throw new SignInRefusal(
      'mandatory_attribute_missing',
      `The identity provider sent no e-mail address in the claim ${mapping.email ?? 'email'}.`,
    )
  }
  if (identity.data.email_verified === false) {
    throw new SignInRefusal('access_denied', 'The identity provider has not verified the e-mail address.')
  }
  return identity.data
}

/**
 * OpenID Connect Core, section 5.3: the claims of the UserInfo endpoint, where the connection names one, or the ID
 * token has no e-mail address. The ID token wins, and its subject must be the same (section 5.3.2).
 */
async function withUserInfo(
  idp: IdentityProvider,
  idToken: JWTPayload,
  accessToken: string | undefined,
  mapping: Record<string, string>,
): Promise<Record<string, unknown>> {
  const { userinfoEndpoint: endpoint, asksUserInfo } = idp
  const complete = assertedAttributes(idToken, mapping).email !== undefined
  if (endpoint === undefined || accessToken === undefined || (complete && !asksUserInfo)) return idToken
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
  const answer = await fetchJson(endpoint, { headers }).catch((cause) => {
    if (!(cause instanceof SignInRefusal)) throw cause
    throw new SignInRefusal('user_info_retrieve_failed', `The UserInfo endpoint failed. ${cause.message}`, {
      cause,
    })
  })
  if (Object(answer).sub === idToken.sub) return { ...Object(answer), ...idToken }
  throw new SignInRefusal('user_info_retrieve_failed', 'The UserInfo endpoint answered for another subject.')
}

function askForToken(
  idp: IdentityProvider,
  redirect_uri: string,
  code: string,
  verifier: string | undefined,
) {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri })
  if (verifier !== undefined) body.set('code_verifier', verifier)
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
  const message = 'The ID token of the identity provider is not valid.'
  return new SignInRefusal('invalid_id_token', message, { cause })
}
