import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import type { Provider } from 'oidc-provider'
import { secondsAhead } from '../../storage/clock.js'
import { SIGNING_ALGORITHM } from '../../storage/keys.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { shiftTimes } from '../server/shift-times.js'

/** Signs the ID tokens of token answers again with the time of our clock, while it is not the machine's. */
export function keepIdTokenTimes(provider: Provider, { keys, clock }: OAuthContext, realm: string): void {
  provider.use(async (ctx, next) => {
    await next()
    const ahead = secondsAhead(clock)
    const { body } = ctx
    if (ahead === 0 || ctx.oidc?.route !== 'token' || !hasIdToken(body)) return
    const { kid } = decodeProtectedHeader(body.id_token)
    const { privateKey } = await keys.of(realm)
    const id_token = await new SignJWT(shiftTimes(decodeJwt(body.id_token), ahead))
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, ...(kid === undefined ? {} : { kid }) })
      .sign(privateKey)
    ctx.body = { ...body, id_token }
  })
}

function hasIdToken(body: unknown): body is { id_token: string } {
  return typeof body === 'object' && body !== null && 'id_token' in body && typeof body.id_token === 'string'
}
