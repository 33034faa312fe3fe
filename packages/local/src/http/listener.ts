import http from 'node:http'
import http2 from 'node:http2'
import net, { type AddressInfo } from 'node:net'
import tls, { type TLSSocket } from 'node:tls'
import { LocalError } from '../storage/local-error.js'
import type { Certificate } from '../tls/self-signed.js'

/** How long a connection may stay silent before its first bytes. */
const FIRST_BYTES_MS = 10_000
const HTTP2_PREFACE = 'PRI'

export interface Handlers {
  http1: http.RequestListener
  http2: (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void
}

export interface Listener {
  readonly port: number
  close(): Promise<void>
}

/**
 * Listens on the loopback addresses, or on the one that is given, at one port for HTTP/1.1 and for HTTP/2 without TLS: Scalekit's SDK
 * speaks both to one URL. The first bytes tell which it is (RFC 9113, section 3.3). With a certificate it speaks TLS, and says by
 * ALPN (RFC 7301) which it is. Port 0 takes a free one. Throws a `LocalError` (`port_in_use`).
 */
export async function listen(
  { port, host }: { readonly port: number; readonly host?: string | undefined },
  certificate: Certificate | undefined,
  handlersFor: (port: number) => Handlers,
): Promise<Listener> {
  const sockets = new Set<net.Socket>()
  // One address listens before the other, and what serves is made when the port is known.
  const early: net.Socket[] = []
  let serving = false
  const one = http.createServer({
    headersTimeout: 15_000,
    requestTimeout: 60_000,
    connectionsCheckingInterval: 5000,
  })
  const two = http2.createServer()
  const secure = certificate && secured(certificate, one, two)
  const accept = (socket: net.Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    if (serving) begin(socket)
    else early.push(socket)
  }
  const begin = (socket: net.Socket) => {
    if (secure) secure.emit('connection', socket)
    else route(socket, one, two)
  }
  const { servers, bound } = await bind({ port, host }, accept)
  // It is given its connections and never listens itself; but only when it listens does it watch its timeouts.
  one.emit('listening')
  const handlers = handlersFor(bound)
  one.on('request', handlers.http1)
  two.on('request', handlers.http2)
  serving = true
  for (const socket of early) begin(socket)
  return {
    port: bound,
    async close() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
      one.close()
      for (const socket of sockets) socket.destroy()
      await Promise.all(closed)
    },
  }
}

/** Without an address, both loopback addresses: `localhost` is either, as the client likes. A machine may lack IPv6. */
async function bind(
  { port, host }: { readonly port: number; readonly host?: string | undefined },
  accept: (socket: net.Socket) => void,
): Promise<{ servers: net.Server[]; bound: number }> {
  if (host !== undefined) {
    const server = await listenOn(host, port, accept)
    return { servers: [server], bound: (server.address() as AddressInfo).port }
  }
  const four = await listenOn('127.0.0.1', port, accept)
  const { port: bound } = four.address() as AddressInfo
  try {
    return { servers: [four, await listenOn('::1', bound, accept)], bound }
  } catch (error) {
    if (!isCode(error, 'EADDRINUSE')) return { servers: [four], bound }
    four.close()
    if (port === 0) return bind({ port, host }, accept)
    throw portInUse(port, error)
  }
}

function listenOn(host: string, port: number, accept: (socket: net.Socket) => void): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer(accept)
    server.once('error', (error) => {
      if (host !== '::1' && isCode(error, 'EADDRINUSE')) return reject(portInUse(port, error))
      if (isCode(error, 'EACCES')) return reject(portForbidden(port, error))
      reject(isCode(error, 'EADDRNOTAVAIL') && host !== '::1' ? notHere(host, error) : error)
    })
    server.listen({ host, port, ipv6Only: host === '::1' }, () => resolve(server))
  })
}

/**
 * Takes its connections from the listener, as `one` and `two` do. HTTP/2 is for gRPC, and pages are served over HTTP/1.1:
 * a browser, which offers both, gets that.
 */
function secured(certificate: Certificate, one: http.Server, two: http2.Http2Server): tls.Server {
  const { key, cert } = certificate
  const server = tls.createServer({
    key,
    cert,
    ALPNCallback: ({ protocols }) => ['http/1.1', 'h2'].find((protocol) => protocols.includes(protocol)),
    minVersion: 'TLSv1.2',
    handshakeTimeout: FIRST_BYTES_MS,
  })
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => socket.destroy())
    ;(socket.alpnProtocol === 'h2' ? two : one).emit('connection', socket)
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

function route(socket: net.Socket, one: http.Server, two: http2.Http2Server): void {
  socket.setTimeout(FIRST_BYTES_MS, () => socket.destroy())
  let seen = Buffer.alloc(0)
  const look = () => {
    const chunk: Buffer | null = socket.read()
    if (chunk === null) return
    seen = Buffer.concat([seen, chunk])
    const start = seen.subarray(0, HTTP2_PREFACE.length).toString('latin1')
    if (start.length < HTTP2_PREFACE.length && HTTP2_PREFACE.startsWith(start)) return
    socket.off('readable', look)
    socket.setTimeout(0)
    socket.unshift(seen)
    ;(start === HTTP2_PREFACE ? two : one).emit('connection', socket)
  }
  socket.on('readable', look)
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function notHere(host: string, cause: unknown): LocalError {
  return new LocalError(
    'option_invalid',
    `host: ${host} is no address of this machine. Use 0.0.0.0 for every one.`,
    {
      cause,
    },
  )
}

function portForbidden(port: number, cause: unknown): LocalError {
  return new LocalError(
    'option_invalid',
    `This user may not listen on port ${port}. Choose one from 1024 with --port (local), --local-port (dev) or LOCAL_PORT.`,
    { cause },
  )
}

function portInUse(port: number, cause: unknown): LocalError {
  return new LocalError(
    'port_in_use',
    `Port ${port} is in use. Stop what uses it, or choose another port with --port (local), --local-port (dev) or LOCAL_PORT; 0 takes a free one.`,
    { cause },
  )
}
