import { fetchJson } from './fetch-json.js'
import { secureUrl } from './secure-url.js'

/** Members of the metadata that are addresses. */
type Endpoint = 'jwks_uri' | 'token_endpoint'

/**
 * Finds an address in an issuer's metadata: RFC 8414 section 3.1 (path inserted), then OpenID Connect Discovery for
 * issuers with a path (RFC 8414 section 5), then the form with the path appended.
 *
 * @throws Error when no document answers, or the one that does is not that issuer's (RFC 8414 section 3.3).
 */
export async function discoverEndpoint(issuer: string, name: Endpoint, signal: AbortSignal): Promise<URL> {
  const failures: unknown[] = []
  for (const url of metadataUrls(issuer)) {
    try {
      return endpointIn(await fetchJson(url, { signal }), issuer, name)
    } catch (error) {
      failures.push(error)
    }
  }
  const reasons = [...new Set(failures.map((failure) => (failure instanceof Error ? failure.message : '')))]
  throw new AggregateError(failures, `The metadata of the issuer could not be read: ${reasons.join('; ')}`)
}

function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = secureUrl(issuer, 'The issuer')
  const path = pathname === '/' ? '' : pathname
  const urls = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path.replace(/\/$/, '')}/.well-known/openid-configuration`,
  ]
  return [...new Set(urls)]
}

function endpointIn(metadata: unknown, issuer: string, name: Endpoint): URL {
  const { issuer: named, [name]: endpoint } = Object(metadata) as Record<string, unknown>
  if (named !== issuer) throw new Error(`the issuer is ${quoted(named)} there, and ${quoted(issuer)} here`)
  if (typeof endpoint !== 'string') throw new Error(`The metadata names no ${name}`)
  return secureUrl(endpoint, `The ${name}`)
}

/** Text of another server, in a line of the log. */
function quoted(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : 'missing'
}
