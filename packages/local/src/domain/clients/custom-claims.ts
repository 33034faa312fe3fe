import { invalid } from '../domain-error.js'

/** Claims that say whom a token is about or what its holder may do: only this environment sets them. */
const IDENTITY = ['act', 'email', 'oid', 'permissions', 'roles', 'sid', 'xoid', 'xuid']

/** Claims that every token has (RFC 7519, section 4.1; RFC 9068, section 2.2), and where applications add theirs. */
const EVERY_TOKEN = [
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'],
  ...['client_id', 'scope', 'scopes', 'custom_claims'],
]

export interface CustomClaim {
  readonly key: string
  readonly value: string
}

/** @throws {DomainError} `invalid` with the names that only the environment sets */
export function refuseReservedClaims(claims: readonly CustomClaim[]): void {
  const reserved = [...IDENTITY, ...EVERY_TOKEN]
  const violations = claims.flatMap(({ key }, index) =>
    reserved.includes(key)
      ? [{ field: `client.custom_claims[${index}].key`, description: `${key} is a reserved claim` }]
      : [],
  )
  if (violations.length === 0) return
  const names = claims.filter(({ key }) => reserved.includes(key)).map(({ key }) => key)
  throw invalid(
    `client.custom_claims: ${names.join(', ')} ${names.length > 1 ? 'are reserved claims' : 'is a reserved claim'}; choose other names`,
    violations,
  )
}

/** The claims that a registration adds to tokens. */
export function customClaims(claims: readonly CustomClaim[]): Record<string, string> {
  return unreserved(Object.fromEntries(claims.map(({ key, value }) => [key, value])))
}

/** The claims that others than this environment may add to a token. */
export function unreserved<T>(claims: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(claims).filter(([key]) => !IDENTITY.includes(key)))
}
