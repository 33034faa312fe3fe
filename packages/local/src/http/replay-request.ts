import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, constants } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { isIPv6 } from 'node:net'
import type { LoggedRequest, RequestContents, RequestLog } from './request-log.js'

/** They belong to a connection (RFC 9110, section 7.6.1), or are set again for the new one. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
  'http2-settings',
])

/** Where this environment answers on this machine. */
export interface OwnAddress {
  readonly port: number
  /** What it listens on; undefined: the loopback addresses. */
  readonly host: string | undefined
  /** With TLS: its certificate, in PEM. */
  readonly certificate?: string | undefined
}

/**
 * Sends a request to this environment again, as it came: with its token, which may have expired.
 *
 * @returns its entry in the log
 * @throws Error when no answer comes
 */
export async function replayRequest(
  log: RequestLog,
  address: OwnAddress,
  { method }: Pick<LoggedRequest, 'method'>,
  sent: RequestContents,
): Promise<LoggedRequest> {
  const path = sent.url.split('?', 1)[0]
  let stop = () => {}
  const logged = new Promise<LoggedRequest>((resolve) => {
    stop = log.watch((entry) => {
      const isSame = log.find(entry.id)?.contents?.url.split('?', 1)[0] === path
      if (entry.method === method && isSame) resolve(entry)
    })
  })
  try {
    const answered = sent.httpVersion.startsWith('2') ? overHttp2 : overHttp1
    await answered(address, method, sent)
    // The server's side of the answer closes a moment later.
    return await logged
  } finally {
    stop()
  }
}

/** What reaches it from this machine. */
function hostOf({ host }: OwnAddress): string {
  return host === undefined || host === '0.0.0.0' || host === '::' ? 'localhost' : host
}

function headersOf({ headers, body }: RequestContents): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !LEFT_OUT.has(name))
  return {
    ...(Object.fromEntries(kept) as Record<string, string | string[]>),
    ...(body.bytes.length > 0 && { 'content-length': String(body.bytes.length) }),
  }
}

async function overHttp1(address: OwnAddress, method: string, sent: RequestContents): Promise<void> {
  const { port, certificate } = address
  const options = { host: hostOf(address), port, method, path: sent.url, headers: headersOf(sent) }
  const request = certificate ? httpsRequest({ ...options, ca: certificate }) : httpRequest(options)
  const answered = once(request, 'response')
  request.end(sent.body.bytes)
  const [response] = await answered
  response.resume()
  await once(response, 'close')
}

async function overHttp2(address: OwnAddress, _method: string, sent: RequestContents): Promise<void> {
  const { port, certificate } = address
  const host = hostOf(address)
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`
  const session = certificate
    ? connect(`https://${authority}`, { ca: certificate })
    : connect(`http://${authority}`)
  try {
    const stream = session.request(headersOf(sent))
    stream.end(sent.body.bytes)
    stream.resume()
    await Promise.race([once(stream, 'close'), failureOf(session)])
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR)
      throw new Error(`The stream ended with ${stream.rstCode}`)
  } finally {
    session.close()
  }
}

async function failureOf(session: ReturnType<typeof connect>): Promise<never> {
  const [error] = await once(session, 'error')
  throw error
}
