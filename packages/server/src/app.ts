import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { errorHandler, hostsOf, notFound, originsOf, type Protection, protect } from '@scalekit-mcp/auth'
import express, { type Express, type RequestHandler } from 'express'
import type { Bounds } from './access.js'
import type { AuditLog } from './audit/audit-log.js'
import { auditRequests } from './audit/audit-requests.js'
import type { Config } from './config.js'
import type { Fixtures } from './conformance/fixtures.js'
import type { Docs } from './docs-search/docs.js'
import { serveIcon } from './icons.js'
import { createIdempotency } from './idempotency.js'
import { createMcpFactory } from './mcp.js'
import type { Logger } from './observe/log.js'
import { logRequests } from './observe/request-log.js'
import { createPageSeal } from './page-seal.js'
import { createRoundSeal } from './round-seal.js'
import type { ScalekitFor } from './scalekit/connect.js'
import { scopeAliases, writeScopes } from './scope-names.js'
import { createSessions } from './sessions.js'
import { stepUp } from './step-up.js'
import type { ToolDefinition } from './tool.js'
import { version } from './version.js'

export interface AppOptions {
  readonly config: Config
  readonly log: Logger
  readonly tools: readonly ToolDefinition[]
  readonly scalekit: ScalekitFor
  readonly docs: Docs
  /** Absent: the operator turned it off. */
  readonly audit?: AuditLog
  readonly fixtures?: Fixtures
  /** False while the server stops: `/ready` answers 503, so that no new request is sent here. */
  readonly accepting: () => boolean
}

export interface App {
  readonly express: Express
  /** Ends MCP streams and background work. Call it after the listener has drained. */
  close(): Promise<void>
}

/** The smallest useful scopes: what the challenge asks for, and what the metadata lists. Writes step up. */
const baselineScopes = ['environment:read', 'organization:read']

/**
 * Puts the HTTP application together: health, the protection of `POST /mcp`, step-up, MCP.
 */
export function createApp(options: AppOptions): App {
  const { config, log } = options
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', false)
  app.set('trust proxy', config.trustProxy)
  app.enable('strict routing')
  app.enable('case sensitive routing')
  app.use(logRequests(log))
  app.get(['/health', '/healthz'], (_, res) => {
    res.set('cache-control', 'no-store')
    res.json({ status: 'healthy', timestamp: new Date().toISOString(), version })
  })

  app.use(serveIcon)
  if (options.audit) app.use(auditRequests(options.audit, new URL(config.resource).pathname))
  const protection = protect(app, {
    resource: config.resource,
    issuers: config.issuers,
    jwksUrl: config.jwksUrl,
    authorizationServers: config.authorizationServers,
    scopes: writeScopes(baselineScopes, config.scopeNames),
    scopeAliases,
    profile: config.tokenProfile,
    allowedOrigins: [...originsOf(config.resource), ...config.allowedOrigins],
    allowedHosts: [...hostsOf(config.resource), ...config.allowedHosts],
    limits: { perMinute: config.requestsPerMinute },
    sessions: config.legacySessions,
    ...(config.metadata ? { metadata: config.metadata } : {}),
    ...(config.introspectionUrl
      ? {
          revocation: {
            introspectionUrl: config.introspectionUrl,
            clientId: config.clientId,
            clientSecret: config.clientSecret,
          },
        }
      : {}),
    name: 'Scalekit MCP server',
    onWarning: (message, cause) => log.warn({ err: cause }, message),
    onRefused: ({ cause, ...refusal }, req) => {
      req.audit?.refused(refusal.detail ? `${refusal.code}: ${refusal.detail}` : refusal.code)
      log.info({ ...refusal, ...(cause ? { err: cause } : {}) }, 'refused')
    },
  })
  app.get('/ready', ready(options, protection))

  const bounds: Bounds = { mode: config.upstream.mode, readOnly: config.readOnly }
  const factory = createMcpFactory({
    tools: options.tools,
    origin: new URL(config.resource).origin,
    bounds,
    ...(config.upstream.mode === 'environment'
      ? { onlyEnvironment: { id: config.upstream.environmentId ?? '' } }
      : {}),
    seal: createRoundSeal(config.stateKey),
    idempotency: createIdempotency(),
    pages: createPageSeal(config.stateKey),
    linksInResults: config.linksInResults,
    scalekit: options.scalekit,
    docs: options.docs,
    record: ({ error, ...outcome }, { caller, requestId }) =>
      log.info(
        { ...outcome, requestId, subject: caller.subject, clientId: caller.clientId, err: error },
        'tool call',
      ),
    ...(options.fixtures ? { fixtures: options.fixtures } : {}),
  })
  const onerror = (error: Error) => log.debug({ err: error }, 'mcp')
  const handler = createMcpHandler(factory, {
    legacy: config.legacySessions ? 'reject' : 'stateless',
    ...(options.fixtures ? { bus: options.fixtures.bus } : {}),
    onerror,
  })
  const modern = toNodeHandler(handler, {
    onerror: (error) => log.error({ err: error }, 'mcp request failed'),
  })
  const sessions = config.legacySessions ? createSessions(factory, onerror) : undefined

  app.all(protection.path, stepUp(options.tools, bounds, config.scopeNames, protection), async (req, res) => {
    if (sessions && (await sessions.handle(req, res))) return
    await modern(req, res, req.body)
  })
  app.use(
    notFound,
    errorHandler((error) => log.error({ err: error }, 'request failed')),
  )
  return {
    express: app,
    async close() {
      await sessions?.close()
      await handler.close()
      protection.close()
    },
  }
}

/** Readiness: the keys of the issuer are here, and the server is not stopping. */
function ready(options: AppOptions, protection: Protection): RequestHandler {
  return async (_, res) => {
    const keys = await protection.verifier.ready().then(
      () => true,
      () => false,
    )
    const ok = keys && options.accepting()
    res.set('cache-control', 'no-store')
    res.status(ok ? 200 : 503).json({ ready: ok, checks: { keys, accepting: options.accepting() } })
  }
}
