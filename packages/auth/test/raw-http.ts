import { connect } from 'node:net'

export interface RawResponse {
  /** 0 when the connection was closed without an answer. */
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  /** Everything that came, interim and later answers included. */
  readonly text: string
}

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer
  readonly chunked?: boolean
  /** Sends the head only, and waits for the answer. */
  readonly holdBody?: boolean
}

/** Sends a request byte by byte as written, which no HTTP client would, and reads what comes back. */
export function sendRaw(port: number, bytes: Buffer): Promise<RawResponse> {
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      received.push(chunk)
      // The connection can stay open after an answer, which is over when nothing follows.
      socket.setTimeout(silenceAfter(Buffer.concat(received).toString('latin1')), () => socket.destroy())
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(parse(Buffer.concat(received).toString('latin1'))))
  })
}

/** How long to wait for more. On a busy machine the rest of a message can be late (RFC 9112, section 6). */
function silenceAfter(text: string): number {
  if (text.endsWith('\r\n0\r\n\r\n')) return 50
  const { headers, body } = parse(text)
  const length = headers.find(([name]) => name === 'content-length')?.[1]
  return length !== undefined && body.length >= Number(length) ? 500 : 5_000
}

/** The bytes of a request; the connection is to be closed after the answer. */
export function requestBytes({ method, path, headers, body, chunked, holdBody }: RawRequest): Buffer {
  const length = chunked
    ? ['transfer-encoding', 'chunked']
    : ['content-length', String(body?.byteLength ?? 0)]
  const head = [
    `${method} ${path} HTTP/1.1`,
    ...[...headers, length, ['connection', 'close']].map(([name, value]) => `${name}: ${value}`),
  ]
  const start = Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1')
  if (holdBody || !body) return start
  if (!chunked) return Buffer.concat([start, body])
  const size = Buffer.from(`${body.byteLength.toString(16)}\r\n`)
  return Buffer.concat([start, size, body, Buffer.from('\r\n0\r\n\r\n')])
}

function parse(text: string): RawResponse {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n'), text }
}
