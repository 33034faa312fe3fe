import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose'
import type { Provider } from 'oidc-provider'
import { SIGNING_ALGORITHM, type SigningKeys } from '../../storage/keys.js'

/** Signs the ID tokens of token answers again with the claims that `change` returns, where it returns any. */
export function changeIdTokens(
  provider: Provider,
  keys: SigningKeys,
  realm: string,
  change: (claims: JWTPayload) => JWTPayload | undefined | Promise<JWTPayload | undefined>,
): void {
  provider.use(async (ctx, next) => {
    await next()
    const { body } = ctx
    if (ctx.oidc?.route !== 'token' || !hasIdToken(body)) return
    const changed = await change(decodeJwt(body.id_token))
    if (changed === undefined) return
    const { kid } = decodeProtectedHeader(body.id_token)
    const { privateKey } = await keys.of(realm)
    const id_token = await new SignJWT(changed)
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, ...(kid === undefined ? {} : { kid }) })
      .sign(privateKey)
    ctx.body = { ...body, id_token }
  })
}

function hasIdToken(body: unknown): body is { id_token: string } {
  return typeof body === 'object' && body !== null && 'id_token' in body && typeof body.id_token === 'string'
}
