import { connectedAccountData, type NamedAccount } from '../connected-accounts/connected-account-data.js'
import { credentialHeaders, credentialsOf } from '../connected-accounts/credentials.js'
import { findCustomProvider } from '../connected-accounts/custom-provider.js'
import { failedPrecondition } from '../domain-error.js'
import type { Store } from '../store.js'
import { providerOf } from './account-for-call.js'
import { isCustomMcp } from './connector.js'
import { providerPaths } from './providers.js'

/** The API that the proxy forwards to, and the headers that authorize the request. */
export interface ProxyTarget {
  /** The base URL. The path of the request is appended to it. */
  readonly base: URL
  readonly headers: Readonly<Record<string, string>>
}

/** A host name or path segment, with an optional port: no character that changes the structure of a URL. */
const URL_PART = /^[a-zA-Z0-9](?:[a-zA-Z0-9_-]|\.(?!\.))*(?::\d{1,5})?$/
const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g
/** Over http, a `proxy_url` has one of these hosts. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/**
 * The API of the provider of an account: the `proxy_url` of a custom provider, or the simulated API of a built-in one.
 * @throws {DomainError} `failed_precondition`
 */
export async function proxyTarget(store: Store, account: NamedAccount): Promise<ProxyTarget> {
  const { environment_id: environment, connection_id } = account
  const provider = providerOf(account)
  const custom = await findCustomProvider(store.database.db, environment, provider)
  if (custom !== undefined) {
    if (!custom.proxyEnabled) throw notEnabled(provider)
    const rules = { header: custom.header, keyHeader: 'authorization', mutations: custom.mutations }
    const base = customBase(custom.proxyUrl, account)
    if (!store.agentTools.reachesLoopback && isLoopback(base))
      throw failedPrecondition(
        'Other machines reach this environment, so the proxy sends nothing to services of its own machine: use an https URL that is reached over the network',
      )
    return { base, headers: credentialHeaders(account, rules) }
  }
  const connector = (await store.agentTools.catalogue.of(environment)).connector(provider)
  if (!(connector?.proxy_enabled ?? (connector !== undefined && !isCustomMcp(provider))))
    throw notEnabled(provider)
  const base = new URL(store.baseUrl + providerPaths(connection_id).api)
  return { base, headers: credentialHeaders(account) }
}

function notEnabled(provider: string) {
  return failedPrecondition(`proxy not enabled for provider ${provider}`)
}

/** Whether a host is this machine itself. URLs write every form of an address in one way. */
function isLoopback({ hostname }: URL): boolean {
  return /(^|\.)localhost\.?$|^127\.|^0\.0\.0\.0$|^\[::1?\]$|^\[::ffff:7f/.test(hostname)
}

/** Replaces the placeholders of a `proxy_url` with values of the account. */
function customBase(template: string, account: NamedAccount): URL {
  const values = placeholderValues(account)
  const text = template.replace(PLACEHOLDER, (_, name: string) => {
    const value = values[name] ?? ''
    if (URL_PART.test(value)) return value
    const problem = value === '' ? `has no ${name}` : `has a ${name} that is not a host name`
    throw failedPrecondition(
      `The connected account ${account.id} ${problem}, which the proxy_url of its provider needs: update the account`,
    )
  })
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname))
  if (!url || !isSafe || url.username || url.password || url.search || url.hash)
    throw failedPrecondition('The proxy_url of the provider is not an https URL: update the custom provider')
  return url
}

/** The values of an account by name: its credentials, and what the application has set in `api_config`. */
function placeholderValues(account: NamedAccount): Readonly<Record<string, string>> {
  const { details, api_config = {} } = connectedAccountData(account)
  const { staticAuth, oauthToken } = credentialsOf(details)
  const sources = [
    oauthToken?.domain ? { domain: oauthToken.domain } : {},
    api_config,
    staticAuth?.details ?? {},
  ]
  const named = sources.flatMap((source) => [source, Object(Object(source).path_variables)])
  const texts = named
    .flatMap((source) => Object.entries(source))
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.assign(Object.create(null), Object.fromEntries(texts))
}
