import { connect } from 'node:net'

export interface RawResponse {
  /** 0 when the connection was closed without an answer. */
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  /** Everything that came, interim and later answers included. */
  readonly text: string
  /** Neither a whole answer nor the end of the connection came before the deadline. */
  readonly late: boolean
}

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer
  readonly chunked?: boolean
  /** Sends the head only, and waits for the answer. */
  readonly holdBody?: boolean
  /** Content-Length, where it is not the length of the body. */
  readonly declaredLength?: string
}

/** Longer than the server waits for a whole request, so that its own answer to a slow one comes first. */
const DEADLINE_MS = 45_000

/** A second request of the same bytes may be answered after the first, on a connection that stays open. */
const LINGER_MS = 500
const STREAM_LINGER_MS = 3_000

/** Sends a request byte by byte as written, which no HTTP client would, and reads what comes back. */
export function sendRaw(
  port: number,
  bytes: Buffer,
  { localAddress = '127.0.0.1' }: { localAddress?: string } = {},
): Promise<RawResponse> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    let late = false
    const socket = connect({ port, host: '127.0.0.1', localAddress }, () => socket.write(bytes))
    const deadline = setTimeout(() => {
      late = !isWhole(received)
      socket.destroy()
    }, DEADLINE_MS)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      socket.setTimeout(lingerMs(received), () => socket.destroy())
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(deadline)
      resolve({ ...parseResponse(received), late })
    })
  })
}

/** The bytes of a request; the connection is to be closed after the answer. */
export function requestBytes(request: RawRequest): Buffer {
  const { method, path, headers, body, chunked, holdBody, declaredLength } = request
  const length = chunked
    ? ['transfer-encoding', 'chunked']
    : ['content-length', declaredLength ?? String(body?.byteLength ?? 0)]
  const head = [
    `${method} ${path} HTTP/1.1`,
    ...[...headers, length, ['connection', 'close']].map(([name, value]) => `${name}: ${value}`),
  ]
  const start = Buffer.from(`${head.join('\r\n')}\r\n\r\n`)
  if (holdBody || !body) return start
  if (!chunked) return Buffer.concat([start, body])
  const size = Buffer.from(`${body.byteLength.toString(16)}\r\n`)
  return Buffer.concat([start, size, body, Buffer.from('\r\n0\r\n\r\n')])
}

/** The first final answer in what came (RFC 9112 section 4); interim answers (1xx) come before it. */
export function parseResponse(received: Buffer): Omit<RawResponse, 'late'> {
  const { status, headers, body } = firstFinal(received)
  return { status, headers, body: body.toString('utf8'), text: received.toString('utf8') }
}

/** How long to wait for more: 0 is for as long as it takes. */
function lingerMs(received: Buffer): number {
  if (!isWhole(received)) return 0
  const { headers, body } = firstFinal(received)
  if (endsChunks(body)) return 50
  return isStream(headers) ? STREAM_LINGER_MS : LINGER_MS
}

const endsChunks = (body: Buffer) => body.subarray(-7).toString('latin1') === '\r\n0\r\n\r\n'

export const isStream = (headers: RawResponse['headers']) =>
  headers.some(([name, value]) => name === 'content-type' && value.startsWith('text/event-stream'))

function isWhole(received: Buffer): boolean {
  const { status, headers, body, ended } = firstFinal(received)
  if (status === 0 || !ended) return false
  const value = (name: string) => headers.find(([header]) => header === name)?.[1]
  // A stream of events that was opened is an answer; it ends when the client has had enough.
  if (isStream(headers)) return true
  if (value('transfer-encoding')) return endsChunks(body)
  return body.byteLength >= Number(value('content-length') ?? 0)
}

function firstFinal(received: Buffer) {
  const end = received.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = received
    .subarray(0, end < 0 ? undefined : end)
    .toString('utf8')
    .split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0)
  const rest = received.subarray(end < 0 ? received.byteLength : end + 4)
  if (status >= 100 && status < 200 && end >= 0 && rest.byteLength > 0) return firstFinal(rest)
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { status, headers, body: rest, ended: end >= 0 && status >= 200 }
}
