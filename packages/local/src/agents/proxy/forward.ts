import { type ClientRequest, type IncomingMessage, request as plain, type ServerResponse } from 'node:http'
import { request as secure } from 'node:https'
import { pipeline } from 'node:stream/promises'
import type { ProxyTarget } from '../../domain/agent-tools/proxy-target.js'
import { requestHeaders, responseHeaders } from './proxied-headers.js'

/** The deadline of the official SDKs for tools. */
const SILENT_MS = 60_000

/** The provider did not answer. */
export class NoAnswer extends Error {
  readonly late: boolean

  constructor(late: boolean) {
    super(
      late ? `did not answer within ${SILENT_MS / 1000} seconds` : 'could not be reached, or did not answer',
    )
    this.name = 'NoAnswer'
    this.late = late
  }
}

/**
 * Streams a request to a provider, and its answer back. Redirects are returned, not followed. If the answer is cut off, the
 * caller's connection is closed.
 * @throws {NoAnswer} if the provider sends no answer
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  target: ProxyTarget,
  path: string,
): Promise<void> {
  const upstream = open(request, target, path)
  response.once('close', () => upstream.destroy())
  // A provider can answer before it has read the whole request. Reading the rest here lets the caller receive that answer.
  upstream.once('close', () => request.unpipe(upstream).resume())
  const answering = answerOf(upstream)
  request.pipe(upstream)
  const answer = await answering
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', responseHeaders(answer))
  await pipeline(answer, response).catch(() => response.destroy())
}

/**
 * Each call uses a new connection: a pooled one can close while a request that must not be repeated is in progress. The
 * request still says keep-alive, because servers reset a connection that they must close before they have read everything.
 */
function open(request: IncomingMessage, { base, headers }: ProxyTarget, path: string): ClientRequest {
  const send = base.protocol === 'https:' ? secure : plain
  return send({
    ...{
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      agent: false,
    },
    ...{ method: request.method, path: base.pathname.replace(/\/$/, '') + path },
    headers: { ...requestHeaders(request, headers), host: base.host, connection: 'keep-alive' },
    timeout: SILENT_MS,
  })
}

function answerOf(upstream: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.once('response', resolve)
    upstream.once('timeout', () => {
      reject(new NoAnswer(true))
      upstream.destroy()
    })
    upstream.on('error', () => reject(new NoAnswer(false)))
    upstream.once('close', () => reject(new NoAnswer(false)))
  })
}
