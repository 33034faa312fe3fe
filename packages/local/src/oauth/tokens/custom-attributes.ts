import type { Provider } from 'oidc-provider'
import { customAttributesOf } from '../../domain/users/custom-attributes.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { changeIdTokens } from './change-id-tokens.js'

/** ID tokens have the custom attributes of the user: what an identity provider or the API said. */
export function addCustomAttributes(
  provider: Provider,
  { keys, database }: OAuthContext,
  realm: string,
): void {
  changeIdTokens(provider, keys, realm, async (claims) => {
    const custom = await customAttributesOf(database.db, realm, claims.sub ?? '')
    return Object.keys(custom).length === 0 ? undefined : { ...custom, ...claims }
  })
}
