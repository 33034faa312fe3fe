import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose'
import type { Provider } from 'oidc-provider'
import { connectionsOf } from '../../domain/connections/sign-in-connections.js'
import { secondsAhead } from '../../storage/clock.js'
import { SIGNING_ALGORITHM } from '../../storage/keys.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { shiftTimes } from '../server/shift-times.js'

type Tokens = { id_token: string; access_token?: string }

/**
 * Signs the ID tokens of token answers again with what Scalekit's have and oidc-provider's lack: the hashes of the code
 * and the access token (OpenID Connect Core, section 3.3.2.11), the client that they are for, the connection that the
 * user signed in with, and the time of our clock.
 */
export function completeIdTokens(provider: Provider, context: OAuthContext, realm: string): void {
  answerWithIdToken(provider, context, realm, async (claims, { access_token }, { client, code }) => ({
    ...claims,
    ...{ azp: client, client_id: client },
    ...(access_token === undefined ? {} : { at_hash: halfHash(access_token) }),
    ...(code === undefined ? {} : { c_hash: halfHash(code) }),
    ...(Array.isArray(claims.amr) && {
      amr: await connectionsOf(context.database.db, realm, claims.amr.map(String)),
    }),
  }))
}

/** Signs the ID tokens of token answers again with the time of our clock, while it is not the machine's. */
export function keepIdTokenTimes(provider: Provider, context: OAuthContext, realm: string): void {
  answerWithIdToken(provider, context, realm, async (claims) => claims)
}

function answerWithIdToken(
  provider: Provider,
  { keys, clock }: OAuthContext,
  realm: string,
  complete: (
    claims: JWTPayload,
    tokens: Tokens,
    request: { client: string; code: string | undefined },
  ) => Promise<JWTPayload>,
): void {
  provider.use(async (ctx, next) => {
    await next()
    const { body } = ctx
    if (ctx.oidc?.route !== 'token' || !hasIdToken(body)) return
    const { code } = ctx.oidc.params ?? {}
    const request = {
      client: String(ctx.oidc.client?.clientId),
      code: typeof code === 'string' ? code : undefined,
    }
    const claims = shiftTimes(decodeJwt(body.id_token), secondsAhead(clock))
    const { kid } = decodeProtectedHeader(body.id_token)
    const { privateKey } = await keys.of(realm)
    const id_token = await new SignJWT(await complete(claims, body, request))
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, ...(kid === undefined ? {} : { kid }) })
      .sign(privateKey)
    ctx.body = { ...body, id_token }
  })
}

/** The left half of SHA-256, which goes with RS256. */
function halfHash(text: string): string {
  return createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url')
}

function hasIdToken(body: unknown): body is Tokens {
  return typeof body === 'object' && body !== null && 'id_token' in body && typeof body.id_token === 'string'
}
