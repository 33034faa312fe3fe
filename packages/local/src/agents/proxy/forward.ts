import { type ClientRequest, type IncomingMessage, request as plain, type ServerResponse } from 'node:http'
import { request as secure } from 'node:https'
import { pipeline } from 'node:stream/promises'
import type { ProxyTarget } from '../../domain/agent-tools/proxy-target.js'
import { requestHeaders, responseHeaders } from './proxied-headers.js'

/** The official SDKs wait as long. */
const SILENT_MS = 60_000

/** A provider did not answer. */
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
 * Sends a request on to a provider, and its answer back: both as streams, and redirects as they are. An answer that breaks
 * off breaks off for the caller too.
 * @throws {NoAnswer} where nothing was answered
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  target: ProxyTarget,
  path: string,
): Promise<void> {
  const upstream = open(request, target, path)
  response.once('close', () => upstream.destroy())
  // A provider may answer before it has read everything. The rest is read here, so that the caller sees that answer.
  upstream.once('close', () => request.unpipe(upstream).resume())
  const answering = answerOf(upstream)
  request.pipe(upstream)
  const answer = await answering
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', responseHeaders(answer))
  await pipeline(answer, response).catch(() => response.destroy())
}

/**
 * Each call has a connection of its own: a kept one may be closed while a call that cannot be repeated is sent. The provider
 * is not told to close it: servers that are cut it off where they answer before they have read everything.
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
