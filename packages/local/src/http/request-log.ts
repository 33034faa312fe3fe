import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Clock } from '../storage/clock.js'
import { newId } from '../storage/ids.js'
import { hideInPath } from './hide-in-path.js'
import { type KeptBody, keepIncoming, keepOutgoing } from './kept-body.js'
import { isOnlooker } from './onlookers.js'

/** How many requests are remembered, and of how many of them the contents. */
const KEPT = 500
const KEPT_WITH_CONTENTS = 100

/** Files of pages are no requests of a client. */
const ASSET = /^\/(assets\/|favicon\.ico$)/

/** A request that was answered. Never its query, headers or body: they hold codes and tokens. */
export interface LoggedRequest {
  id: string
  at: string
  method: string
  path: string
  realm: string | null
  /** 0 for a connection that was dropped without an answer. */
  status: number
  ms: number
}

/** What a request said and what was answered, with all secrets: for sending it again, and to show what is none. */
export interface RequestContents {
  readonly httpVersion: string
  /** The path and query as they came. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: KeptBody
  readonly answerHeaders: OutgoingHttpHeaders
  readonly answer: KeptBody
}

export interface RequestLog {
  /** Writes a request down when it is answered, whatever its protocol. */
  record(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void
  /** The latest requests, oldest first. */
  list(): LoggedRequest[]
  /** One of them, with its contents if it is one of the latest. Contents are in the memory of this process only. */
  find(id: string): { entry: LoggedRequest; contents: RequestContents | undefined } | undefined
  /** Tells of every request from now on, until the function that it gives is called. */
  watch(watcher: (entry: LoggedRequest) => void): () => void
  clear(): void
}

/** The last requests, so that a test or a developer sees what a client really did. */
export function createRequestLog(clock: Clock): RequestLog {
  let entries: LoggedRequest[] = []
  const contents = new Map<string, RequestContents>()
  const watchers = new Set<(entry: LoggedRequest) => void>()

  function add(entry: LoggedRequest, said: RequestContents): void {
    entries = [...entries, entry].slice(-KEPT)
    contents.set(entry.id, said)
    const [oldest] = contents.keys()
    if (contents.size > KEPT_WITH_CONTENTS && oldest !== undefined) contents.delete(oldest)
    for (const watcher of watchers) watcher(entry)
  }

  return {
    list: () => [...entries],
    find(id) {
      const entry = entries.find((one) => one.id === id)
      return entry && { entry, contents: contents.get(id) }
    },
    clear: () => {
      entries = []
      contents.clear()
    },
    watch(watcher) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    record(request, response) {
      const started = performance.now()
      const { method = 'GET', url = '/', httpVersion } = request
      // Routers shorten the path: over HTTP/2 that is one of these.
      const headers = { ...request.headers }
      const [path = '/'] = url.split('?', 1)
      if (isOnlooker(path) || ASSET.test(path)) return
      const body = keepIncoming(request)
      const answer = keepOutgoing(response)
      response.once('close', () => {
        const entry = {
          id: newId('req'),
          at: new Date(clock.now()).toISOString(),
          method,
          path: hideInPath(path),
          realm: /^\/(workspace|env_\d+)(?:\/|$)/.exec(path)?.[1] ?? null,
          status: response.headersSent ? response.statusCode : 0,
          ms: Math.round((performance.now() - started) * 10) / 10,
        }
        const answerHeaders = response.getHeaders()
        add(entry, { httpVersion, url, headers, body: body(), answerHeaders, answer: answer() })
      })
    },
  }
}
