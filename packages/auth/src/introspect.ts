import { type ClientCredentials, createFormHeaders } from './client-credentials.js'
import { fetchJson } from './fetch-json.js'
import type { Secret } from './secret.js'
import { secureUrl } from './secure-url.js'

export interface IntrospectionOptions extends ClientCredentials {
  /** RFC 7662 endpoint of the authorization server. */
  readonly introspectionUrl: string
  /** Milliseconds for each of two attempts. Default: 3,000. */
  readonly timeoutMs?: number
}

/** Whether the authorization server says that a token is active. @throws Error when it does not say */
export type Introspect = (token: Secret) => Promise<boolean>

const TIMEOUT_MS = 3_000

/** RFC 7662 section 2.1, with one retry. */
export function createIntrospect(options: IntrospectionOptions): Introspect {
  const url = secureUrl(options.introspectionUrl, 'revocation.introspectionUrl')
  const { timeoutMs = TIMEOUT_MS } = options
  const formHeaders = createFormHeaders(options)
  const attempt = (token: Secret) => isActive(url, formHeaders(), timeoutMs, token)
  return (token) => attempt(token).catch(() => attempt(token))
}

async function isActive(
  url: URL,
  headers: Record<string, string>,
  timeoutMs: number,
  token: Secret,
): Promise<boolean> {
  const answer = await fetchJson(url, {
    method: 'POST',
    signal: AbortSignal.timeout(timeoutMs),
    headers,
    body: new URLSearchParams({ token: token.reveal(), token_type_hint: 'access_token' }).toString(),
  })
  const { active } = Object(answer) as Record<string, unknown>
  if (typeof active !== 'boolean') throw new Error('The answer has no active member')
  return active
}
