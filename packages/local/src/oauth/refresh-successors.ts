import { createHmac } from 'node:crypto'
import type { JWK } from 'jose'
import { Provider } from 'oidc-provider'

/** The refresh token that replaces another one. */
export type Successors = (refreshToken: string) => string

/**
 * Every refresh token has one successor, which only we can tell from it: a message authentication code with a key
 * that never leaves this process. So whoever asks twice, because the first answer was lost or because two of its
 * processes asked at once, is given the same one, though no refresh token is stored.
 */
export function createSuccessors([signing]: readonly JWK[]): Successors {
  const key = createHmac('sha256', 'successors of refresh tokens').update(JSON.stringify(signing)).digest()
  return (refreshToken) => createHmac('sha256', key).update(refreshToken).digest('base64url')
}

/** Makes the provider call a rotated refresh token's replacement its successor (OAuth 2.1, section 4.3.1). */
export function nameSuccessors(provider: Provider, successors: Successors): void {
  const { prototype } = provider.RefreshToken
  const { save } = prototype
  prototype.save = function (...rest) {
    const rotated = Provider.ctx?.oidc.entities.RotatedRefreshToken
    if (rotated !== undefined) this.jti ??= successors(rotated.jti)
    return save.apply(this, rest)
  }
}
