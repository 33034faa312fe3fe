import { connect, type Socket } from 'node:net'

/** One request with the test that its answer has to pass. */
export interface Shot {
  readonly bytes: Buffer
  readonly isGood: (status: number, body: string) => boolean
}

export interface Load {
  readonly port: number
  readonly connections: number
  readonly milliseconds: number
  /** Makes the next request; `id` has seven digits and returns after nine million requests. */
  readonly shoot: (id: number) => Shot
  /** Whether it sleeps between answers, and leaves its core to others meanwhile. Default: it looks without a pause. */
  readonly sleeps?: boolean
}

export interface Sample {
  readonly good: number
  readonly wrong: number
  readonly p50: number
  readonly p99: number
}

const [FIRST_ID, LAST_ID] = [1_000_000, 9_999_999]
let nextId = FIRST_ID

/** Seven digits: an eighth would not fit in the length that a request declares. */
function takeId(): number {
  const id = nextId
  nextId = id === LAST_ID ? FIRST_ID : id + 1
  return id
}

/**
 * Sends one request and checks its answer.
 * @returns what is wrong with it, or undefined
 */
export async function tryOnce(port: number, shoot: Load['shoot']): Promise<string | undefined> {
  const connection = open(port)
  const { bytes, isGood } = shoot(takeId())
  const answer = await connection.exchange(bytes)
  connection.close()
  if (!answer) return 'no answer'
  return isGood(answer.status, answer.body) ? undefined : `${answer.status} ${answer.body.slice(0, 300)}`
}

/**
 * Keeps every connection busy with one request after the other, checks every answer, and drains at the end: no
 * request is left open, so that no server meets a client that hangs up.
 */
export async function load({
  port,
  connections,
  milliseconds,
  shoot,
  sleeps = false,
}: Load): Promise<Sample> {
  const until = performance.now() + milliseconds
  const latencies: number[] = []
  let wrong = 0
  const sleep = sleeps ? () => undefined : stayAwake()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      let connection = open(port)
      while (performance.now() < until) {
        const { bytes, isGood } = shoot(takeId())
        const started = performance.now()
        const answer = await connection.exchange(bytes)
        if (answer && isGood(answer.status, answer.body)) latencies.push(performance.now() - started)
        else wrong++
        if (!answer || answer.closes) {
          connection.close()
          connection = open(port)
        }
      }
      connection.close()
    }),
  )
  sleep()
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN
  return { good: latencies.length, wrong, p50: at(0.5), p99: at(0.99) }
}

/**
 * Looks for answers without a pause. A server that answers a process that sleeps pays for waking it, up to half of the write
 * on loopback, which a network card would do; and the slower the server, the more often the load sleeps.
 */
function stayAwake(): () => void {
  let next = setImmediate(function look() {
    next = setImmediate(look)
  })
  return () => clearImmediate(next)
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly closes: boolean
}

/** A keep-alive connection with one request on its way at a time. */
function open(port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let received = ''
  let settle: ((answer: Answer | undefined) => void) | undefined
  const done = (answer: Answer | undefined) => {
    settle?.(answer)
    settle = undefined
  }
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    received += chunk
    const answer = parse(received)
    if (!answer) return
    received = ''
    done(answer)
  })
  socket.on('error', () => done(undefined)).on('close', () => done(undefined))
  return {
    exchange(bytes: Buffer): Promise<Answer | undefined> {
      return new Promise((resolve) => {
        settle = resolve
        if (socket.destroyed) done(undefined)
        else socket.write(bytes)
      })
    },
    close: () => socket.destroy(),
  }
}

/** RFC 9112 section 6: by length or in chunks; undefined while it is not whole. */
function parse(text: string): Answer | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end).toLowerCase()
  const status = Number(text.slice(9, 12))
  const closes = head.includes('connection: close')
  const body = text.slice(end + 4)
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1]
  if (length !== undefined) return body.length >= Number(length) ? { status, body, closes } : undefined
  if (head.includes('transfer-encoding: chunked'))
    return body.endsWith('0\r\n\r\n') ? { status, body, closes } : undefined
  return status === 202 || status === 204 ? { status, body: '', closes } : undefined
}
