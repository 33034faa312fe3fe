import type { IncomingMessage, ServerResponse } from 'node:http'
import { type NodeProtection, pathOf, sendJson } from '@scalekit-mcp/auth/server'
import type { CredentialState } from '../scalekit/credential-check.js'
import { version } from '../version.js'
import { createKnownAnswer } from './known-answer.js'

export interface PagesOptions {
  readonly protection: NodeProtection
  /** False while the server stops: `/ready` answers 503, so that no new request is sent here. */
  readonly accepting: () => boolean
  /** Whether the API answers: told, and no reason to be unready. */
  readonly reachable: () => Promise<boolean>
  /** Whether the authorization server accepts this server's own credentials: when it refuses them, no call can succeed. */
  readonly credentials: () => Promise<CredentialState>
  /** Likewise, where replicas share one. */
  readonly redis?: (() => 'connected' | 'unreachable') | undefined
}

/** Answers a request that is not about the resource. */
export type Page = (req: IncomingMessage, res: ServerResponse) => Promise<void>

/**
 * What is public beside MCP: health and readiness. Paths are compared as they were sent. A framework for so few took a
 * fifth of the time to start and 15 MB.
 */
export function createPages(options: PagesOptions): Page {
  const pages = new Map<string, Page>([
    ['/health', health],
    ['/healthz', health],
    ['/ready', ready(options)],
  ])
  return async (req, res) => {
    const path = pathOf(req.url)
    const reads = req.method === 'GET' || req.method === 'HEAD'
    const page = reads ? pages.get(path) : undefined
    if (page) return page(req, res)
    options.protection.notFound(req, res)
  }
}

const health: Page = async (_, res) =>
  sendJson(res, 200, { status: 'healthy', timestamp: new Date().toISOString(), version })

/**
 * Readiness: the keys of the issuer are loaded, the credentials of this server are not refused, and it is not stopping. The
 * details list what else it depends on.
 * It answers from what is known, also while the issuer or the API hangs.
 */
function ready({ protection, accepting, reachable, credentials, redis }: PagesOptions): Page {
  const keysKnown = createKnownAnswer(() => protection.verifier.ready().then(() => true))
  const apiKnown = createKnownAnswer(reachable)
  const refusalKnown = createKnownAnswer(async () => (await credentials()) === 'refused')
  return async (_, res) => {
    const [keys, isReachable, refused] = await Promise.all([keysKnown(), apiKnown(), refusalKnown()])
    const api = isReachable ? 'reachable' : 'unreachable'
    const isReady = keys && !refused && accepting()
    sendJson(res, isReady ? 200 : 503, {
      ready: isReady,
      checks: { keys, credentials: !refused, accepting: accepting() },
      details: { api, ...(redis ? { redis: redis() } : {}) },
    })
  }
}
