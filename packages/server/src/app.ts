import type { RequestListener } from 'node:http'
import type { ProtectOptions } from '@scalekit-mcp/auth'
import { createProtection, hostsOf, nodeTransport, originsOf } from '@scalekit-mcp/auth/server'
import type { AuditLog } from './audit/audit-log.js'
import { type Bounds, isSelected, parseSelection } from './call/access.js'
import { createAdministrators } from './call/administrators.js'
import { createHandOffs } from './call/interaction/hand-offs.js'
import { createRoundSeal } from './call/interaction/round-seal.js'
import { createPageSeal } from './call/page-seal.js'
import type { Config } from './config/config.js'
import type { Docs } from './docs-search/docs.js'
import { createFirstChallenge } from './first-challenge.js'
import { createClientAddress } from './http/client-address.js'
import { createHandOffPages, HAND_OFF_PATH } from './http/hand-off/hand-off-pages.js'
import { createSignIn } from './http/hand-off/sign-in.js'
import { createLanding } from './http/landing.js'
import { createListener } from './http/listener.js'
import { createPages } from './http/pages.js'
import { atPublicPath } from './http/public-path.js'
import { createSdkBridge } from './http/serve-by-sdk.js'
import { createServeMessage } from './http/serve-message.js'
import { createDispatcher } from './mcp/dispatcher.js'
import type { Fixtures } from './mcp/fixtures.js'
import type { McpOptions } from './mcp/sdk-server.js'
import { createSessionIds } from './mcp/session-id.js'
import type { Logger } from './observe/log.js'
import type { Observation } from './observe/observation.js'
import { ownSecrets } from './observe/own-secrets.js'
import { createRedact } from './observe/redact.js'
import type { ScalekitFor } from './scalekit/connect.js'
import type { CredentialState } from './scalekit/credential-check.js'
import { scopeAliases, writeScopes } from './scope-names.js'
import type { Shared } from './shared/shared.js'
import type { ToolDefinition } from './tool.js'

export interface AppOptions {
  readonly config: Config
  readonly log: Logger
  readonly audit?: AuditLog
  readonly observation: Pick<Observation, 'begin' | 'metrics'>
  readonly tools: readonly ToolDefinition[]
  readonly scalekit: ScalekitFor
  readonly docs: Docs
  readonly shared: Shared
  readonly fixtures?: Fixtures
  /** Whether the API answers. */
  readonly reachable: () => Promise<boolean>
  /** Whether the authorization server accepts this server's own credentials. */
  readonly credentials: () => Promise<CredentialState>
  /** The time by which tokens expire. Default: the machine's. */
  readonly now?: (() => number) | undefined
  /** False while the server stops: `/ready` answers 503, so that no new request is sent here. */
  readonly accepting: () => boolean
}

export interface App {
  readonly listener: RequestListener
  /** Ends MCP streams and background work. Call it after the listener has drained. */
  close(): Promise<void>
}

const everything = parseSelection(new URLSearchParams({ toolsets: 'all' }))

/** Puts the HTTP application together: the protection of the resource, what decides after it, MCP, and the other pages. */
export function createApp(options: AppOptions): App {
  const { config, log, tools, observation, shared, audit: auditLog } = options
  const { metrics } = observation
  const addressOf = createClientAddress(config.trustProxy)
  const allowedHosts = [...hostsOf(config.resource), ...config.allowedHosts]
  const protection = createProtection(
    { ...protectionOptions(options), addressOf, allowedHosts },
    nodeTransport,
  )
  metrics?.read({
    tokens: protection.verifier.counts,
    questionsWaiting: shared.questions.waiting,
    ...(auditLog ? { auditAvailable: () => auditLog.available } : {}),
    ...(shared.redis ? { redis: shared.redis } : {}),
  })
  const bounds = boundsOf(config)
  const handOffUrl = new URL(HAND_OFF_PATH, config.resource).href
  const mcpOptions = optionsOfMcp(options, bounds, (id) => handOffUrl + id)
  const requireAdministrator =
    config.upstream.mode === 'workspace'
      ? undefined
      : createAdministrators(config.upstream.administrators, options.scalekit, config.timeouts.administrator)
  const sdk = createSdkBridge(mcpOptions, log)
  const serveMessage = createServeMessage({
    tools,
    bounds,
    scopeNames: config.scopeNames,
    protection,
    requireAdministrator,
    begin: observation.begin,
    dispatch: createDispatcher(mcpOptions, {
      // Every replica has the secret, so that a session outlives a restart and another worker.
      sessions: createSessionIds(config.stateKey ?? config.clientSecret),
      questions: shared.questions,
    }),
    serveBySdk: sdk.serve,
  })
  const listener = createListener({
    log,
    auditLog,
    metrics,
    addressOf,
    path: protection.path,
    landing: createLanding({
      resource: config.resource,
      path: protection.path,
      hosts: allowedHosts,
      tools: tools.filter((tool) => isSelected(tool, everything, bounds)),
    }),
    protection,
    serveMessage,
    handOffPages: createHandOffPages({
      mcp: mcpOptions,
      resource: config.resource,
      hosts: allowedHosts,
      kept: shared.kept,
      sessionMs: config.timeouts.handOff,
      signIn: createSignIn(config),
      protection,
      requireAdministrator,
    }),
    pages: createPages({ ...options, redis: shared.redis, protection }),
  })
  return {
    listener: atPublicPath(listener, config.mcpPath, protection.path),
    async close() {
      await sdk.close()
      protection.close()
    },
  }
}

/** What the deployment allows, whatever a request asks for. */
export function boundsOf({
  upstream,
  readOnly,
  resource,
  authorizationServers,
}: Pick<Config, 'upstream' | 'readOnly' | 'resource' | 'authorizationServers'>): Bounds {
  const [, mcpServerId] = /\/resources\/(res_\d+)$/.exec(authorizationServers[0] ?? '') ?? []
  return {
    resource,
    mode: upstream.mode,
    readOnly,
    ...(upstream.mode === 'environment' ? { environmentId: upstream.environmentId ?? '' } : {}),
    ...(mcpServerId === undefined ? {} : { mcpServerId }),
  }
}

function protectionOptions({ config, log, shared, tools, now }: AppOptions): ProtectOptions {
  return {
    resource: config.resource,
    issuers: config.issuers,
    jwksUrl: config.jwksUrl,
    authorizationServers: config.authorizationServers,
    scopes: writeScopes(config.baselineScopes, config.scopeNames),
    scopesFor: createFirstChallenge(tools, boundsOf(config), config.baselineScopes, config.scopeNames),
    scopeAliases,
    profile: config.tokenProfile,
    claims: { organization: 'oid' },
    allowedOrigins:
      config.allowedOrigins === '*' ? '*' : [...originsOf(config.resource), ...config.allowedOrigins],
    limits: {
      ...(config.requestsPerMinute === undefined ? {} : { perMinute: config.requestsPerMinute }),
      ...(shared.createLimiter ? { createLimiter: shared.createLimiter } : {}),
    },
    responses: true,
    ...(config.metadata ? { metadata: config.metadata } : {}),
    ...(config.introspectionUrl
      ? {
          revocation: {
            introspectionUrl: config.introspectionUrl,
            clientId: config.clientId,
            clientSecret: config.clientSecret,
            timeoutMs: config.timeouts.revocation,
            ...(shared.revocations ? { store: shared.revocations } : {}),
          },
        }
      : {}),
    name: 'Scalekit MCP server',
    ...(now ? { now } : {}),
    onWarning: (message, cause) => log.warn({ err: cause }, message),
  }
}

/** What MCP is given, over HTTP and over stdio. */
export function optionsOfMcp(
  {
    config,
    ...options
  }: Pick<AppOptions, 'config' | 'tools' | 'scalekit' | 'docs' | 'shared' | 'fixtures'> & {
    readonly observation?: Pick<Observation, 'metrics'>
  },
  bounds: Bounds,
  urlOfHandOff: (id: string) => string | Promise<string>,
): McpOptions {
  return {
    tools: options.tools,
    bounds,
    ...(config.upstream.mode === 'environment'
      ? {
          onlyEnvironment: { id: config.upstream.environmentId ?? '' },
          administrators: config.upstream.administrators,
        }
      : {}),
    seal: createRoundSeal(config.shared?.stateKey),
    kept: options.shared.kept,
    handOffs: createHandOffs(options.shared.kept, urlOfHandOff, config.timeouts),
    idempotency: options.shared.idempotency,
    pages: createPageSeal(config.stateKey),
    timeouts: config.timeouts,
    scalekit: options.scalekit,
    docs: options.docs,
    redact: createRedact(ownSecrets(config)),
    record: ({ error, tool, effect, outcome, milliseconds }, { note, trail }) => {
      const traceId = trail.traceparent?.split('-')[1]
      options.observation?.metrics?.toolCall(tool, effect, outcome, milliseconds / 1000, traceId)
      note({ tool, effect, outcome, callMilliseconds: milliseconds, ...(error ? { err: error } : {}) })
    },
    ...(options.fixtures ? { fixtures: options.fixtures } : {}),
  }
}
