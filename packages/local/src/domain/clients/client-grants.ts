import { invalid } from '../domain-error.js'
import { isPublicType } from './client-data.js'

/** RFC 8693, section 2.1. */
export const TOKEN_EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** RFC 7523, section 2.1, which draft-ietf-oauth-identity-assertion-authz-grant builds on. */
export const ID_JAG_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** What a client needs that signs people in. */
export const SIGN_IN_GRANTS = ['authorization_code', 'refresh_token']

/**
 * Holds the grant types of a registration to those that such a client can use.
 * @throws {DomainError} `invalid`
 */
export function refuseWrongGrants(clientType: string, grants: readonly string[]): void {
  const possible = isPublicType(clientType)
    ? SIGN_IN_GRANTS
    : [...SIGN_IN_GRANTS, 'client_credentials', TOKEN_EXCHANGE_GRANT, ID_JAG_GRANT]
  const alone = grants.includes('refresh_token') && !grants.includes('authorization_code')
  if (alone || !grants.every((grant) => possible.includes(grant))) {
    const description = alone
      ? 'refresh_token comes with authorization_code only'
      : `a client of this type can use ${possible.join(', ')}`
    throw invalid(`client.grant_types: ${description}`, [{ field: 'client.grant_types', description }])
  }
}
