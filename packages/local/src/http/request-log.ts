import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/** How many requests are remembered. */
const KEPT = 500

/** The control and the dashboard look on; they are not what a client did. */
const UNLOGGED = /^\/(__local\/|dashboard|$)/

/** A request that was answered. Never its query, headers or body: they hold codes and tokens. */
export interface LoggedRequest {
  at: string
  method: string
  path: string
  realm: string | null
  /** 0 for a connection that was dropped without an answer. */
  status: number
  ms: number
}

export interface RequestLog {
  /** Writes a request down when it is answered, whatever its protocol. */
  record(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void
  /** The latest requests, oldest first. */
  list(): LoggedRequest[]
  /** Tells of every request from now on, until the function that it gives is called. */
  watch(watcher: (entry: LoggedRequest) => void): () => void
  clear(): void
}

/** The last requests, so that a test or a developer sees what a client really did. */
export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = []
  const watchers = new Set<(entry: LoggedRequest) => void>()
  return {
    list: () => [...entries],
    clear: () => {
      entries = []
    },
    watch(watcher) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    record(request, response) {
      const started = performance.now()
      const [path = '/'] = (request.url ?? '/').split('?', 1)
      if (UNLOGGED.test(path)) return
      const { method = 'GET' } = request
      response.once('close', () => {
        const entry = {
          at: new Date().toISOString(),
          method,
          path: withoutSecrets(path),
          realm: /^\/(workspace|env_\d+)(?:\/|$)/.exec(path)?.[1] ?? null,
          status: response.headersSent ? response.statusCode : 0,
          ms: Math.round((performance.now() - started) * 10) / 10,
        }
        entries = [...entries, entry].slice(-KEPT)
        for (const watcher of watchers) watcher(entry)
      })
    },
  }
}

/** Some paths end in what must not be shown: the id of a sign-in in progress, or a link that signs in. */
function withoutSecrets(path: string): string {
  return path.replace(/\/(interaction|oauth\/authorize|magicLink|connect)\/[^/]+/g, '/$1/…')
}
