import { getPublicSuffix } from 'tldts'
import type { EnvironmentRow, OrganizationRow } from '../../storage/schema.js'
import { type FieldViolation, invalid } from '../domain-error.js'
import { exampleOf, isTemplate, templateProblem, uriOfOrganization } from './redirect-templates.js'

const MAX_LENGTH = 256
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Schemes that browsers act on by themselves: none is an application's own. */
const NOT_AN_APPLICATION = [
  ...['javascript:', 'vbscript:', 'data:', 'blob:', 'file:', 'filesystem:', 'about:', 'view-source:'],
  ...['ftp:', 'ws:', 'wss:', 'mailto:', 'tel:', 'sms:', 'chrome:'],
]

/** The fields that requests are compared with. The others are addresses that we call or redirect to as they are. */
const MAY_HAVE_WILDCARD = ['post_login_uris', 'post_logout_redirect_uris', 'redirect_uris']

/** The environment of a client: PRD allows less than DEV. */
export interface UriRules {
  readonly environment: EnvironmentRow['type']
}

/**
 * Holds the URIs of a client to the rules, which are the same for every type of client. Those that it has already are
 * not judged again. Source: Scalekit's documentation of redirect URIs.
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
  if (!isTemplate(uri)) return wrongWithUri(uri, rules, field)
  return templateProblem(uri, field) ?? wrongWithUri(exampleOf(uri), rules, field)
}

function wrongWithUri(uri: string, { environment }: UriRules, field: string): string | undefined {
  if (uri.length > MAX_LENGTH) return `must have ${MAX_LENGTH} characters at most`
  if (!URL.canParse(uri) || hasOddCharacters(uri)) return 'must be an absolute URL'
  const { protocol, hostname, username, password, hash } = new URL(uri)
  if (username || password) return 'must not hold a user name or password'
  if (uri.includes('?')) return 'must have no query'
  if (hash || uri.includes('#')) return 'must have no fragment'
  const web = protocol === 'https:' || protocol === 'http:'
  if (!web && (field === 'back_channel_logout_uris' || NOT_AN_APPLICATION.includes(protocol))) {
    return field === 'back_channel_logout_uris'
      ? 'must be http or https'
      : `must not have the scheme ${protocol}`
  }
  if (uri.includes('*') && !MAY_HAVE_WILDCARD.includes(field)) return 'must have no wildcard'
  if (uri.includes('*') && !(web && isWildcard(uri))) {
    return 'may have one wildcard, in the first label of the host, before two others: https://*.example.com'
  }
  if (uri.includes('*') && isPublicSuffix(hostname.replace(/^[^.]*\./, ''))) {
    return 'must have its wildcard under a domain of your own, not under a public suffix'
  }
  if (environment === 'DEV') return undefined
  if (LOOPBACK.includes(hostname)) return 'must not be on localhost in a PRD environment'
  if (protocol === 'http:') return 'must be https in a PRD environment'
  return uri.includes('*') ? 'must have no wildcard in a PRD environment' : undefined
}

/** Names under which unrelated people get names, such as co.uk and vercel.app (https://publicsuffix.org). */
const isPublicSuffix = (name: string) => getPublicSuffix(name, { allowPrivateDomains: true }) === name

/** The URI of an organization, if it is without placeholders, or filled in is one that the rules allow. */
export function uriIn(organization: OrganizationRow, rules: UriRules, uri: string): string | undefined {
  if (!isTemplate(uri)) return uri
  const filled = uriOfOrganization(uri, organization)
  const usable = filled !== undefined && wrongWithUri(filled, rules, 'post_login_uris') === undefined
  return usable ? filled : undefined
}

/** Scheme, host with a wildcard in its first label and at least two further labels, port and path. */
const WILDCARD = /^(https?:\/\/)([^/*.:]*)\*([^/*.:]*)((?:\.[^/*.:]+){2,}(?::\d+)?(?:\/[^*]*)?)$/i

function isWildcard(uri: string): boolean {
  return WILDCARD.test(uri)
}

/**
 * Whether a URI of a request is one that is registered: the same text (RFC 9700, section 4.1.3), or one that a wildcard
 * stands for. A wildcard stands for a part of one label.
 */
export function isRegisteredUri(registered: readonly string[], uri: string): boolean {
  if (registered.includes(uri)) return true
  if (hasOddCharacters(uri) || uri.includes('*')) return false
  return registered.some((pattern) => {
    const [, scheme = '', before = '', after = '', rest = ''] = WILDCARD.exec(pattern) ?? []
    if (scheme === '' || !uri.startsWith(scheme + before) || !uri.endsWith(after + rest)) return false
    const label = uri.slice((scheme + before).length, uri.length - (after + rest).length)
    return /^[a-z0-9-]+$/i.test(label)
  })
}

/** What URL parsers repair silently: two of them would not agree on what it means. */
function hasOddCharacters(uri: string): boolean {
  return /[\s\\<>"^`{|}]|[^\x20-\x7e]/.test(uri) || /^https?:(?!\/\/[^/])/i.test(uri)
}
