import type { EnvironmentRow } from '../../storage/schema.js'
import { type FieldViolation, invalid } from '../domain-error.js'

const MAX_LENGTH = 256
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Who is sent to the URIs, and in what environment: a PRD environment allows less. */
export interface UriRules {
  readonly environment: EnvironmentRow['type']
  readonly clientType: string
}

/**
 * Holds the URIs of a client to the rules. Those that it has already are not judged again.
 * Source: Scalekit's documentation of redirect URIs; RFC 8252, section 7 for native applications.
 * @param uris by the name of their field
 * @throws {DomainError} `invalid` with one violation for each URI that is refused
 */
export function refuseWrongUris(
  rules: UriRules,
  uris: Readonly<Record<string, readonly string[]>>,
  known: ReadonlySet<string>,
): void {
  const violations = Object.entries(uris).flatMap(([field, list]) =>
    list.flatMap((uri, index): FieldViolation[] => {
      const description = known.has(uri) ? undefined : wrongWith(uri, rules, field)
      return description === undefined ? [] : [{ field: `client.${field}[${index}]`, description }]
    }),
  )
  if (violations.length === 0) return
  const text = violations.map(({ field, description }) => `${field}: ${description}`)
  throw invalid(text.join('; '), violations)
}

function wrongWith(uri: string, rules: UriRules, field: string): string | undefined {
  if (uri.length > MAX_LENGTH) return `must have ${MAX_LENGTH} characters at most`
  if (!URL.canParse(uri) || hasOddCharacters(uri)) return 'must be an absolute URL'
  const { protocol, hostname, username, password, hash } = new URL(uri)
  if (username || password) return 'must not hold a user name or password'
  if (uri.includes('?')) return 'must have no query'
  if (hash || uri.includes('#')) return 'must have no fragment'
  if (protocol !== 'https:' && protocol !== 'http:') return wrongWithScheme(protocol, rules, field)
  if (hostname.includes('*') && !/^\*\.[^*]+\.[^*.]+$/.test(hostname)) {
    return 'may have a wildcard only as the whole first label, before two others: https://*.example.com'
  }
  const loopback = LOOPBACK.includes(hostname)
  if (rules.clientType === 'NTV' && protocol === 'http:' && !loopback) return 'must be https, or on localhost'
  if (rules.environment === 'DEV') return undefined
  if (loopback) return 'must not be on localhost in a PRD environment'
  if (protocol === 'http:') return 'must be https in a PRD environment'
  return hostname.includes('*') ? 'must have no wildcard in a PRD environment' : undefined
}

/** An application's own scheme is a reversed domain name (RFC 8252, section 7.1), so `javascript:` is none. */
function wrongWithScheme(protocol: string, { clientType }: UriRules, field: string): string | undefined {
  if (clientType !== 'NTV' || field === 'initiate_login_uri' || field === 'back_channel_logout_uris') {
    return 'must be http or https'
  }
  return protocol.includes('.')
    ? undefined
    : 'must be https, or a scheme of the application’s own like com.example.app'
}

/** What URL parsers repair silently: two of them would not agree on what it means. */
function hasOddCharacters(uri: string): boolean {
  return /[\s\\<>"^`{|}]|[^\x20-\x7e]/.test(uri) || /^https?:(?!\/\/[^/])/i.test(uri)
}
