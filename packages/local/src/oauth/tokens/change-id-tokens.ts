import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose'
import type { Provider } from 'oidc-provider'
import { secondsAhead } from '../../storage/clock.js'
import { SIGNING_ALGORITHM } from '../../storage/keys.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { shiftTimes } from '../server/shift-times.js'

/** The answer that an ID token is part of, and the request for it. */
export interface TokenAnswer {
  readonly accessToken: string | undefined
  readonly client: string
  readonly code: string | undefined
}

/** Signs the ID tokens of token answers again, with the time of our clock and the claims that `change` returns. */
export function changeIdTokens(
  provider: Provider,
  { keys, clock }: OAuthContext,
  realm: string,
  change: (claims: JWTPayload, answer: TokenAnswer) => Promise<JWTPayload>,
): void {
  provider.use(async (ctx, next) => {
    await next()
    const { body } = ctx
    if (ctx.oidc?.route !== 'token' || !hasIdToken(body)) return
    const { code } = ctx.oidc.params ?? {}
    const answer = {
      accessToken: body.access_token,
      client: String(ctx.oidc.client?.clientId),
      code: typeof code === 'string' ? code : undefined,
    }
    const claims = shiftTimes(decodeJwt(body.id_token), secondsAhead(clock))
    const { kid } = decodeProtectedHeader(body.id_token)
    const { privateKey } = await keys.of(realm)
    const id_token = await new SignJWT(await change(claims, answer))
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, ...(kid === undefined ? {} : { kid }) })
      .sign(privateKey)
    ctx.body = { ...body, id_token }
  })
}

function hasIdToken(body: unknown): body is { id_token: string; access_token?: string } {
  return typeof body === 'object' && body !== null && 'id_token' in body && typeof body.id_token === 'string'
}
