import { fetchJson } from './fetch-json.js'
import { Secret } from './secret.js'
import { secureUrl } from './secure-url.js'

export interface IntrospectionOptions {
  /** RFC 7662 endpoint of the authorization server. */
  readonly introspectionUrl: string
  readonly clientId: string
  /** A string is kept as a `Secret`, so that it reaches no log. */
  readonly clientSecret: string | Secret
  /** Milliseconds for each of two attempts. Default: 3,000. */
  readonly timeoutMs?: number
}

/** Whether the authorization server says that a token is active. @throws Error when it does not say */
export type Introspect = (token: Secret) => Promise<boolean>

const TIMEOUT_MS = 3_000

/** RFC 7662 section 2.1, with one retry. */
export function createIntrospect(options: IntrospectionOptions): Introspect {
  const url = secureUrl(options.introspectionUrl, 'The introspection URL')
  const { clientId, clientSecret, timeoutMs = TIMEOUT_MS } = options
  const secret = typeof clientSecret === 'string' ? new Secret(clientSecret) : clientSecret
  const attempt = (token: Secret) => isActive(url, { clientId, secret, timeoutMs }, token)
  return (token) => attempt(token).catch(() => attempt(token))
}

interface Client {
  readonly clientId: string
  readonly secret: Secret
  readonly timeoutMs: number
}

/** The client authenticates as in RFC 6749 section 2.3.1. */
async function isActive(url: URL, client: Client, token: Secret): Promise<boolean> {
  const credentials = [client.clientId, client.secret.reveal()].map(formEncode).join(':')
  const answer = await fetchJson(url, {
    method: 'POST',
    signal: AbortSignal.timeout(client.timeoutMs),
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({ token: token.reveal(), token_type_hint: 'access_token' }).toString(),
  })
  const { active } = Object(answer) as Record<string, unknown>
  if (typeof active !== 'boolean') throw new Error('The answer has no active member')
  return active
}

function formEncode(value: string): string {
  return new URLSearchParams({ v: value }).toString().slice(2)
}
