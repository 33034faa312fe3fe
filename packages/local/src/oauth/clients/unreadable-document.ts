/** How the messages begin that say that a client ID metadata document is unusable. */
export const UNREADABLE = 'client_id metadata document cannot be read'

/** oidc-provider's own messages of that kind. */
const OWN = /^client_id metadata document/

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name cannot be resolved; is this machine offline?',
  EAI_AGAIN: 'its host name cannot be resolved; is this machine offline?',
  ECONNREFUSED: 'nothing listens at its address',
  ECONNRESET: 'the connection was closed',
  ENETUNREACH: 'its network cannot be reached; is this machine offline?',
  EHOSTUNREACH: 'its host cannot be reached; is this machine offline?',
  ETIMEDOUT: 'its host did not answer in time',
  CERT_HAS_EXPIRED: 'the certificate of its host has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of its host is self-signed',
}

/** Why a document could not be read, without anything that its host said. */
export function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return 'the request failed'
  const { code, name, message, cause } = failure as Error & { code?: string }
  if (name === 'TimeoutError' || name === 'AbortError') return 'its host did not answer in time'
  if (code !== undefined && REASONS[code] !== undefined) return REASONS[code]
  if (failure instanceof SyntaxError) return 'it is not JSON'
  if (message === NOT_PUBLIC || /special-use/i.test(message)) return 'its host is not on the public internet'
  return cause === undefined ? 'the request failed' : reasonOf(cause)
}

/** The message for a host that documents are not fetched from. */
export const NOT_PUBLIC = 'the host is not a public one'

/** What to tell about an error of the authorization endpoint that is about such a document; undefined for others. */
export function unreadableDocument(error: Error, description: string): string | undefined {
  if (!OWN.test(description)) return undefined
  const detail =
    'error_detail' in error && typeof error.error_detail === 'string' ? error.error_detail : undefined
  if (!description.endsWith('fetch failed')) return description
  const reason =
    error.cause instanceof Error
      ? reasonOf(error.cause)
      : (detail?.replace('unexpected response status', 'the answer was HTTP') ?? reasonOf(error.cause))
  return `${UNREADABLE}: ${reason}`
}
