import { requestToken, type TokenEndpoint, TokenRefusal } from './token-endpoint.js'

/** What is known of this server's own credentials; unknown while the authorization server cannot be asked. */
export type CredentialState = 'accepted' | 'refused' | 'unknown'

const AGAIN_MS = 10_000

/**
 * Asks the authorization server for a token of this server's own, until it accepts the credentials, at most every ten
 * seconds. Only `invalid_client` is about them (RFC 6749 section 5.2): a client of a workspace may lack the grant.
 *
 * @param onRefused told once for each refusal that differs from the one before, with the status and the OAuth error
 */
export function createCredentialCheck(
  endpoint: TokenEndpoint,
  onRefused: (refusal: TokenRefusal) => void,
): () => Promise<CredentialState> {
  let known: Promise<CredentialState> = Promise.resolve('unknown')
  let accepted = false
  let askedAt = Number.NEGATIVE_INFINITY
  let told = ''
  const ask = async (): Promise<CredentialState> => {
    const cause = await requestToken(endpoint, { grant_type: 'client_credentials' }).then(
      () => undefined,
      (error: unknown) => (Object(error) as { cause?: unknown }).cause ?? error,
    )
    accepted = cause === undefined || (cause instanceof TokenRefusal && cause.code === 'unauthorized_client')
    if (accepted) return 'accepted'
    if (!(cause instanceof TokenRefusal && cause.code === 'invalid_client')) return 'unknown'
    if (told !== cause.message) onRefused(cause)
    told = cause.message
    return 'refused'
  }
  return () => {
    if (!accepted && performance.now() - askedAt > AGAIN_MS) {
      askedAt = performance.now()
      known = ask()
    }
    return known
  }
}
