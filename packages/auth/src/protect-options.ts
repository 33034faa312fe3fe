import type { IncomingMessage } from 'node:http'
import type { ClientCredentials } from './client-credentials.js'
import type { ExchangeSettings } from './exchange.js'
import { createMetadata } from './metadata.js'
import type { RateLimitOptions } from './rate-limit.js'
import type { Refusal } from './refusal.js'
import { canonicalForm } from './resource-path.js'
import type { RevocationOptions } from './revocation.js'
import type { ScopeAliases } from './scopes.js'
import { secureUrl } from './secure-url.js'
import type { ClaimNames, TokenProfile } from './token-profiles.js'
import type { ToolTable } from './tool-scopes.js'
import type { TokenVerifierOptions } from './verifier-options.js'

/** @typeParam Request what the callbacks get: the request of Node, or of the Fetch API */
export interface ProtectOptions<Request = IncomingMessage> {
  /** The URL that clients use, `aud` of their tokens; its path is where MCP is. */
  readonly resource: string
  /** The exact `iss` values that are accepted. Needed unless `scalekit` is given. */
  readonly issuers?: readonly string[]
  /** A Scalekit environment, and the id under which it knows this MCP server (`res_…`). */
  readonly scalekit?: { readonly environmentUrl: string; readonly resourceId?: string }
  /** Where the keys are. Default: as the environment, or the metadata of the first issuer, says. */
  readonly jwksUrl?: string
  /** Where clients sign in, for the metadata. Default: the environment's, or the issuers. */
  readonly authorizationServers?: readonly string[]
  /** The smallest useful scopes: in the first challenge and in the metadata. */
  readonly scopes: readonly string[]
  /**
   * What the challenge for a missing or bad token asks for at this request, instead of `scopes`; undefined: `scopes`. For
   * clients that cannot ask for more later, which say so in the URL.
   */
  readonly scopesFor?: (req: Request) => readonly string[] | undefined
  readonly scopeAliases?: ScopeAliases
  /** Every tool, with all the scopes that a call of it needs; others cannot be called. Default: your server decides. */
  readonly tools?: ToolTable
  /**
   * Tools that can be listed and called without a token, from `tools` and without scopes. A token that is sent is verified
   * nevertheless. Default: none, and every request needs a token.
   */
  readonly publicTools?: readonly string[]
  /** The form of the tokens. Default `strict`; with `scalekit` it is `scalekit-compat`. */
  readonly profile?: TokenProfile
  /**
   * Names of claims that replace those of the profile, like `{ organization: 'org_id' }`. Without `organization` only tokens of
   * Scalekit are bound to one.
   */
  readonly claims?: ClaimNames
  /**
   * What the tokens name instead of `resource`, where the issuer cannot put that in `aud`: in Entra the id of the application,
   * in Cognito the ids of the app clients. Default: `resource`.
   */
  readonly audience?: string | readonly string[]
  /** Web pages that may call, exactly as browsers send them; `*` for any, in development. Default: the resource's own origin. */
  readonly allowedOrigins?: readonly string[] | '*'
  /** `host:port` under which the endpoint answers. Default: the resource's own, and on loopback any port. */
  readonly allowedHosts?: readonly string[]
  readonly revocation?: RevocationOptions
  /** This server's client at the authorization server, for `onBehalfOf`. */
  readonly exchange?: ClientCredentials
  readonly limits?: RateLimitOptions
  /** What clients show as the name of the resource. */
  readonly name?: string
  /** A complete RFC 9728 document to serve as it is; its `resource` must be `resource`. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** For 2025-11-25 with sessions: lets GET, DELETE and JSON-RPC responses through as well. */
  readonly sessions?: boolean
  /**
   * Lets JSON-RPC responses of clients through: the answers to what your server asks them before 2026-07-28, as `elicitation/create`.
   * Where sessions need neither GET nor DELETE; `sessions` implies it.
   */
  readonly responses?: boolean
  /** The client's address, behind a proxy. Default: `req.ip` of Express, or the socket's. */
  readonly addressOf?: (req: Request) => string
  /** The time by which tokens expire, in milliseconds since the epoch. Default: the machine's. */
  readonly now?: () => number
  /** Called when keys, introspection or the app itself need attention. Default: a warning of Node, on stderr. */
  readonly onWarning?: (message: string, cause?: unknown) => void
  /** Called for every request that is refused, with the private reason. */
  readonly onRefused?: (refusal: Refusal, req: Request) => void
}

/** What does not depend on the API for HTTP: all but the callbacks that get a request. */
export type ResolvableOptions = Omit<ProtectOptions, 'scopesFor' | 'addressOf' | 'onRefused'>

export interface ResolvedOptions {
  readonly path: string
  readonly verifier: TokenVerifierOptions
  readonly exchange: ExchangeSettings
  readonly metadata: Record<string, unknown>
}

/**
 * Checks the values of the options and fills in what a Scalekit environment implies: tokens may be issued by the
 * environment or by the resource's own issuer, both sign with the environment's keys.
 *
 * @throws TypeError naming the option that is wrong
 */
export function resolveOptions(options: ResolvableOptions): ResolvedOptions {
  const { resource, scalekit } = options
  const path = pathOfResource(resource)
  const environment = scalekit && urlOfEnvironment(scalekit.environmentUrl)
  const resourceIssuer = scalekit?.resourceId && `${environment}/resources/${scalekit.resourceId}`
  const issuers = options.issuers ?? [environment, resourceIssuer].filter((issuer) => issuer !== undefined)
  if (issuers.length === 0) throw new TypeError('Give issuers, or scalekit with an environmentUrl')
  const authorizationServers =
    options.authorizationServers ??
    (resourceIssuer ? [resourceIssuer] : issuers.slice(0, environment ? 1 : undefined))
  checkServers(authorizationServers, 'authorizationServers')

  return {
    path,
    verifier: {
      issuers,
      audience: options.audience ?? resource,
      jwksUrl: options.jwksUrl ?? (environment && `${environment}/keys`),
      profile: options.profile ?? (scalekit ? 'scalekit-compat' : 'strict'),
      claims: scalekit ? { organization: 'oid', ...options.claims } : options.claims,
      scopeAliases: options.scopeAliases,
      revocation: options.revocation,
      now: options.now,
      onWarning: options.onWarning,
    },
    exchange: {
      credentials: options.exchange,
      issuers,
      tokenEndpoint: environment && `${environment}/oauth/token`,
      now: options.now,
    },
    metadata: readyMetadata(options) ?? createMetadata({ ...options, authorizationServers }),
  }
}

function urlOfEnvironment(environmentUrl: string): string {
  const { href, search } = secureUrl(environmentUrl, 'scalekit.environmentUrl')
  if (search !== '') throw new TypeError('scalekit.environmentUrl must not have a query')
  return href.replace(/[/?]+$/, '')
}

function pathOfResource(resource: string): string {
  const { pathname } = secureUrl(resource, 'resource')
  const canonical = canonicalForm(resource)
  if (canonical !== undefined) {
    throw new TypeError(`resource must be a canonical URL without a query: ${canonical}`)
  }
  return pathname
}

function readyMetadata({ metadata, resource }: ResolvableOptions): Record<string, unknown> | undefined {
  if (!metadata) return undefined
  if (metadata.resource !== resource) throw new TypeError(`metadata.resource must be ${resource}`)
  checkServers(metadata.authorization_servers, 'metadata.authorization_servers')
  return { ...metadata }
}

function checkServers(servers: unknown, option: string): void {
  if (!Array.isArray(servers) || servers.length === 0) {
    throw new TypeError(`${option} must name at least one authorization server`)
  }
  for (const server of servers) secureUrl(String(server), `An entry of ${option}`)
}
