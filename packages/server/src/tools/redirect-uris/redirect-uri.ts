import { getPublicSuffix } from 'tldts'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { text } from '../../input-fields.js'
import type { ToolContext } from '../../tool.js'

/** Schemes without a domain name that are known to belong to one application. */
const appSchemes = ['cursor', 'vscode', 'vscode-insiders', 'windsurf']
const loopback = ['localhost', '127.0.0.1', '[::1]']

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
const domainName = new RegExp(`^(${label}\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)
const reversedDomain = new RegExp(`^[a-z][a-z0-9-]*(\\.${label})+$`)

/** A URI of a client, of whatever kind: what is wrong with it in every environment, or undefined. */
function wrongWith(uri: string): string | undefined {
  if (!/^[\x21-\x7e]*$/.test(uri) || /["\\<>^`{|}]/.test(uri)) {
    return 'Only visible ASCII characters without quotes, brackets or backslashes.'
  }
  if (!URL.canParse(uri)) return 'Give a whole URI with its scheme, like https://app.example.com/callback.'
  if (/[?#]/.test(uri)) return 'A redirect URI has no query and no fragment.'
  if (/%([01]|7f|5c)/i.test(uri)) return 'No encoded control characters or backslashes.'
  const url = new URL(uri)
  if (url.username !== '' || url.password !== '') return 'A redirect URI names no user.'
  if (url.href !== uri && url.href !== `${uri}/`) {
    return 'Write it in its plain form: lower-case scheme and host, no default port, no dot segments.'
  }
  return url.protocol === 'https:' || url.protocol === 'http:' ? wrongWithWebUri(url) : wrongWithAppUri(url)
}

/**
 * RFC 9700 section 2.1: plain http is for loopback only. Addresses are refused since nobody can prove to own
 * one; a wildcard stands for the leftmost label of a name only.
 */
function wrongWithWebUri({ protocol, hostname, pathname }: URL): string | undefined {
  if (loopback.includes(hostname)) return undefined
  if (protocol === 'http:') return 'http is for localhost, 127.0.0.1 and [::1] only; use https.'
  const name = hostname.startsWith('*.') ? hostname.slice(2) : hostname
  if (name !== 'localhost' && !domainName.test(name)) return 'The host must be a domain name.'
  if (name !== hostname && isPublicSuffix(name)) {
    return `Anyone can get a name under ${name}, a public suffix: put the wildcard under a domain of your own.`
  }
  return pathname.includes('*') ? 'A wildcard is possible as the leftmost label of the host only.' : undefined
}

/** Names under which unrelated people get names, such as co.uk and vercel.app (https://publicsuffix.org). */
const isPublicSuffix = (name: string) => getPublicSuffix(name, { allowPrivateDomains: true }) === name

/** RFC 8252 section 7.1: the scheme is a domain name of the application's owner, reversed. */
function wrongWithAppUri({ protocol, href, host }: URL): string | undefined {
  if (href.includes('*')) return 'A wildcard is possible in https URIs only.'
  const scheme = protocol.slice(0, -1)
  const rest = href.slice(protocol.length)
  if (appSchemes.includes(scheme) && rest.startsWith('//') && host !== '') return undefined
  if (reversedDomain.test(scheme) && /^\/{1,2}[a-z0-9]/i.test(rest)) return undefined
  return `Use https, a scheme like com.example.app:/callback, or one of ${appSchemes.join(', ')}.`
}

const uriField = (wrongWith: (uri: string) => string | undefined) =>
  z
    .string()
    .min(1)
    .max(256)
    .superRefine((uri, context) => {
      const message = wrongWith(uri)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })

/** One of several URIs to add to a list of a client. */
export const anyRedirectUri = uriField(wrongWith)

/** A URI to add to a list of a client. */
export const redirectUri = anyRedirectUri.describe(
  'https, or an app scheme; localhost (also http) and https://*.example.com in DEV only.',
)

/** Where a sign-in begins is one web page of the application: no scheme of its own, no wildcard. */
export const initiateLoginUri = uriField(
  (uri) => wrongWith(uri) ?? (isOnePage(uri) ? undefined : 'Give one https URL without a wildcard.'),
).describe('https; localhost (also http) in DEV only.')

/** A URI that is to be removed: whatever stands in a list can be named. */
export const anyListedUri = text(2048)
export const listedUri = anyListedUri.describe('Exactly as list_redirect_uris gives it.')

/**
 * Localhost and wildcards are for development: in production they would let other programs, or other
 * subdomains, receive the code of a sign-in.
 *
 * @throws ToolError `invalid_arguments`
 */
export async function requireAllowedIn(
  environmentId: string,
  uri: string,
  scalekit: ToolContext['scalekit'],
): Promise<void> {
  const { hostname } = new URL(uri)
  const isLocal = loopback.includes(hostname) || hostname.endsWith('.localhost')
  if (!isLocal && !hostname.startsWith('*.')) return
  const { type, typeAssumed } = await scalekit.environment(environmentId)
  if (type === 'DEV') return
  const why = typeAssumed === undefined ? '' : ` This one counts as PRD, because ${typeAssumed}.`
  throw new ToolError(
    'invalid_arguments',
    `${JSON.stringify(uri)}: localhost and wildcards are for DEV environments only.${why}`,
  )
}

function isOnePage(uri: string): boolean {
  return /^https?:/.test(uri) && !uri.includes('*')
}
