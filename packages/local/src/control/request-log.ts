import type { RequestHandler } from 'express'

/** How many requests are remembered. */
const KEPT = 500

/** A request that was answered. Never its query, headers or body: they hold codes and tokens. */
export interface LoggedRequest {
  at: string
  method: string
  path: string
  realm: string | null
  status: number
  ms: number
}

export interface RequestLog {
  readonly record: RequestHandler
  /** The latest requests, oldest first. */
  list(): LoggedRequest[]
  clear(): void
}

/** The last requests, so that a test or a developer sees what a client really did. */
export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = []
  return {
    list: () => [...entries],
    clear: () => {
      entries = []
    },
    record(request, response, next) {
      const started = performance.now()
      const path = withoutSecrets(request.path)
      const { method } = request
      response.on('close', () => {
        entries.push({
          at: new Date().toISOString(),
          method,
          path,
          realm: /^\/(workspace|env_\d+)(?:\/|$)/.exec(path)?.[1] ?? null,
          status: response.statusCode,
          ms: Math.round((performance.now() - started) * 10) / 10,
        })
        if (entries.length > KEPT) entries = entries.slice(-KEPT)
      })
      next()
    },
  }
}

/** Some paths end in what must not be shown: the id of a sign-in in progress, or a link that signs in. */
function withoutSecrets(path: string): string {
  return path.replace(/\/(interaction|oauth\/authorize|magicLink)\/[^/]+/g, '/$1/…')
}
