import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { createProtection, hostsOf, originsOf, type ProtectOptions } from '@scalekit-mcp/auth'
import { type Bounds, isSelected, parseSelection } from './access.js'
import { createAdministrators } from './administrators.js'
import type { AuditLog } from './audit/audit-log.js'
import type { Principal } from './call-tool.js'
import type { Config } from './config.js'
import type { Fixtures } from './conformance/fixtures.js'
import type { Docs } from './docs-search/docs.js'
import { createFirstChallenge } from './first-challenge.js'
import { createClientAddress } from './http/client-address.js'
import { holdHead } from './http/hold-head.js'
import { createLanding } from './http/landing.js'
import { createListener } from './http/listener.js'
import { createObserver } from './http/observe-request.js'
import { createPages } from './http/pages.js'
import { createRefusePerson } from './http/refuse-person.js'
import { createDispatcher } from './mcp/dispatcher.js'
import { createMcpFactory, type McpOptions } from './mcp/sdk-server.js'
import { createSessionIds } from './mcp/session-id.js'
import type { Logger } from './observe/log.js'
import type { Observation } from './observe/observation.js'
import { createPageSeal } from './page-seal.js'
import { createRoundSeal } from './round-seal.js'
import type { ScalekitFor } from './scalekit/connect.js'
import { scopeAliases, writeScopes } from './scope-names.js'
import type { Shared } from './shared/shared.js'
import { createStepUp } from './step-up.js'
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

type Message = IncomingMessage & { body?: unknown }

const everything = parseSelection(new URLSearchParams({ toolsets: 'all' }))

/** Puts the HTTP application together: the protection of the resource, step-up, MCP, and the pages beside it. */
export function createApp(options: AppOptions): App {
  const { config, log } = options
  const addressOf = createClientAddress(config.trustProxy)
  const protection = createProtection({ ...protectionOptions(options), addressOf })
  options.observation.metrics?.read({
    tokens: protection.verifier.counts,
    ...(options.audit ? { auditAvailable: () => options.audit?.available === true } : {}),
    ...(options.shared.redis ? { redis: options.shared.redis } : {}),
  })
  const bounds = boundsOf(config)
  const mcpOptions = optionsOfMcp(options, bounds)
  const factory = createMcpFactory(mcpOptions)
  const onerror = (error: Error) => log.debug({ err: error }, 'mcp')
  const handler = createMcpHandler(factory, {
    legacy: 'stateless',
    ...(options.fixtures ? { bus: options.fixtures.bus } : {}),
    onerror,
  })
  const modern = toNodeHandler(handler, {
    onerror: (error) => log.error({ err: error }, 'mcp request failed'),
  })
  const stepUp = createStepUp(options.tools, bounds, config.scopeNames, protection)
  const dispatch = createDispatcher(mcpOptions, {
    sessions: createSessionIds(config.stateKey, options.now),
    questions: options.shared.questions,
  })
  const onFailure = (error: unknown) => log.error({ err: error }, 'request failed')
  const requireAdministrator =
    config.upstream.mode === 'workspace'
      ? undefined
      : createAdministrators(config.upstream.administrators, options.scalekit, config.timeouts.administrator)
  const refusePerson = createRefusePerson({
    resourceMetadataUrl: protection.resourceMetadataUrl,
    metrics: options.observation.metrics,
  })

  /** The third question, after token and scopes: whether this person administers the environment. */
  const serve = (req: Message, res: ServerResponse, principal: Principal | undefined) => {
    if (!principal) return
    if (!requireAdministrator) return answer(req, res, principal)
    return requireAdministrator(principal.caller).then(
      () => answer(req, res, principal),
      (error: unknown) => refusePerson(req, res, principal.caller, error),
    )
  }
  const answer = async (req: Message, res: ServerResponse, principal: Principal) => {
    if (!(await dispatch(req, res, principal))) await serveBySdk(req, res, principal)
  }
  const serveBySdk = async (req: Message, res: ServerResponse, principal: Principal) => {
    Object.assign(req, { auth: authInfoOf(callsTool(req.body) ? untilFirstByte(res, principal) : principal) })
    await modern(req, res, req.body)
  }

  const listener = createListener({
    observe: createObserver(log, options.audit, protection.path, addressOf, options.observation.metrics),
    landing: createLanding({
      resource: config.resource,
      path: protection.path,
      hosts: [...hostsOf(config.resource), ...config.allowedHosts],
      tools: options.tools.filter((tool) => isSelected(tool, everything, bounds)),
    }),
    protection,
    pages: createPages({ ...options, redis: options.shared.redis, protection }),
    onFailure,
    mcp(req, res) {
      options.observation.begin(req, res)
      const stepping = stepUp(req, res)
      return stepping instanceof Promise
        ? stepping.then((principal) => serve(req, res, principal))
        : serve(req, res, stepping)
    },
  })
  return {
    listener,
    async close() {
      await handler.close()
      protection.close()
    },
  }
}

/** What the deployment allows, whatever a request asks for. */
export function boundsOf({ upstream, readOnly }: Pick<Config, 'upstream' | 'readOnly'>): Bounds {
  return {
    mode: upstream.mode,
    readOnly,
    ...(upstream.mode === 'environment' ? { environmentId: upstream.environmentId ?? '' } : {}),
  }
}

/** The SDK begins a stream before a tool runs: the head waits, so that the call can still be refused. */
function untilFirstByte(res: ServerResponse, principal: Principal): Principal {
  const replace = holdHead(res)
  return { ...principal, tokenRefused: (error) => replace(() => principal.tokenRefused(error)) }
}

/** Each of them asks the API as the caller. */
const TOOL_METHODS: ReadonlySet<unknown> = new Set(['tools/call', 'resources/read', 'completion/complete'])

function callsTool(body: unknown): boolean {
  return TOOL_METHODS.has(Object(body).method)
}

/** What the SDK hands to the handlers with each message. */
function authInfoOf(principal: Principal) {
  const { caller } = principal
  return {
    token: '[redacted]',
    clientId: caller.clientId,
    scopes: [...caller.scopes],
    expiresAt: caller.expiresAt,
    extra: { principal, caller },
  }
}

function protectionOptions({ config, log, shared, observation, tools, now }: AppOptions): ProtectOptions {
  return {
    resource: config.resource,
    issuers: config.issuers,
    jwksUrl: config.jwksUrl,
    authorizationServers: config.authorizationServers,
    scopes: writeScopes(config.baselineScopes, config.scopeNames),
    scopesFor: createFirstChallenge(tools, boundsOf(config), config.baselineScopes, config.scopeNames),
    scopeAliases,
    profile: config.tokenProfile,
    organizationClaim: 'oid',
    allowedOrigins:
      config.allowedOrigins === '*' ? '*' : [...originsOf(config.resource), ...config.allowedOrigins],
    allowedHosts: [...hostsOf(config.resource), ...config.allowedHosts],
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
            ...(shared.revocations ? { store: shared.revocations } : {}),
          },
        }
      : {}),
    name: 'Scalekit MCP server',
    ...(now ? { now } : {}),
    onWarning: (message, cause) => log.warn({ err: cause }, message),
    onRefused: ({ code, detail, address, cause }, req) => {
      req.audit?.refused(detail ? `${code}: ${detail}` : code)
      observation.metrics?.refused(code)
      req.note?.({ refused: code, detail, address, err: cause })
    },
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
): McpOptions {
  return {
    tools: options.tools,
    origin: new URL(config.resource).origin,
    bounds,
    ...(config.upstream.mode === 'environment'
      ? { onlyEnvironment: { id: config.upstream.environmentId ?? '' } }
      : {}),
    seal: createRoundSeal(config.shared?.stateKey),
    usedAnswers: options.shared.usedAnswers,
    idempotency: options.shared.idempotency,
    pages: createPageSeal(config.stateKey),
    linksInResults: config.linksInResults,
    deadlineMs: config.timeouts.call,
    scalekit: options.scalekit,
    docs: options.docs,
    record: ({ error, tool, effect, outcome, milliseconds }, { note, trail }) => {
      const traceId = trail.traceparent?.split('-')[1]
      options.observation?.metrics?.toolCall(tool, effect, outcome, milliseconds / 1000, traceId)
      note({ tool, effect, outcome, callMilliseconds: milliseconds, ...(error ? { err: error } : {}) })
    },
    ...(options.fixtures ? { fixtures: options.fixtures } : {}),
  }
}
