import type { Provider } from 'oidc-provider'
import { secondsAhead } from '../../storage/clock.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { shiftTimes } from '../server/shift-times.js'
import { changeIdTokens } from './change-id-tokens.js'

/** ID tokens have the time of our clock, while it is not the machine's. */
export function keepIdTokenTimes(provider: Provider, { keys, clock }: OAuthContext, realm: string): void {
  changeIdTokens(provider, keys, realm, (claims) => {
    const ahead = secondsAhead(clock)
    return ahead === 0 ? undefined : shiftTimes(claims, ahead)
  })
}
