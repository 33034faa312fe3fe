import { connect, type Socket } from 'node:net'
import { parseResponse } from '../../packages/auth/test/raw-http.js'
import type { Observation } from './observation.js'
import { buildRequest, type RequestBuild, toolCall } from './request.js'
import type { Script, ScriptContext } from './script.js'

/** Longer than any test waits: the API never answers. */
const NEVER_MS = 600_000

/** Clients that are slow, silent or gone, by the `slow` of their case. */
export const slowScripts: Readonly<Record<string, Script>> = {
  headers: (context) => untilClosed(dripping(context, head(context), 'X-Slow: '), context),
  body(context) {
    const start = `${head(context)}Authorization: Bearer ${context.names.token}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n`
    return untilClosed(dripping(context, start, ' '), context)
  },
  idle: (context) => untilClosed(open(context), context),
  halfclose(context) {
    const socket = open(context)
    socket.end(keptAlive(context))
    return untilClosed(socket, context)
  },
  async keepalive(context) {
    const socket = open(context)
    const answered = new Promise((resolve) => socket.once('data', resolve).once('close', resolve))
    socket.write(keptAlive(context))
    const received = collect(socket)
    await answered
    return {
      ...(await untilClosed(socket, context)),
      response: { ...parseResponse(received()), late: false },
    }
  },
  async reader(context) {
    const { testCase, scalekit, subject, meanwhile } = context
    const socket = open(context).pause()
    // As many as may be called: each request once, whether or not its answer is read.
    const max = testCase.expect.upstream_calls_max ?? 50
    for (let i = 0; i < max; i++) socket.write(keptAlive(context))
    await until(() => scalekit.callers.includes(subject))
    await seconds(2)
    await meanwhile()
    socket.destroy()
    return {}
  },
  async herd(context) {
    const count = context.testCase.build.sockets ?? 200
    const sockets = Array.from({ length: count }, () => dripping(context, head(context), 'X-Slow: '))
    await until(() => sockets.every(({ connecting }) => !connecting))
    await context.meanwhile()
    for (const socket of sockets) socket.destroy()
    return {}
  },
  async abort(context) {
    const { scalekit, subject, meanwhile } = context
    scalekit.delays.set(subject, 1_500)
    const socket = open(context)
    socket.write(requestOf(context))
    await until(() => scalekit.callers.includes(subject))
    socket.destroy()
    await meanwhile()
    return {}
  },
  async 'hung-upstream'(context) {
    const { scalekit, subject, meanwhile } = context
    scalekit.delays.set(subject, NEVER_MS)
    const startedAt = performance.now()
    const socket = open(context)
    const received = collect(socket)
    const closed = closing(socket)
    socket.write(requestOf(context))
    await until(() => scalekit.callers.includes(subject))
    await meanwhile()
    await Promise.race([closed, seconds(60)])
    socket.destroy()
    return {
      milliseconds: performance.now() - startedAt,
      response: { ...parseResponse(received()), late: false },
    }
  },
}

const open = ({ server }: ScriptContext) => connect(server.port, '127.0.0.1').on('error', () => undefined)

const head = ({ server }: ScriptContext) => `POST /mcp HTTP/1.1\r\nHost: ${server.host}\r\n`

/** The request of the case, or a call that the server answers. */
function requestOf({ testCase, names, defaults, era }: ScriptContext): Buffer {
  const { slow: _script, sockets: _count, ...own } = testCase.build
  const build: RequestBuild =
    own.rpc || own.body || own.body_text ? own : { ...own, ...toolCall('list_environments', {}) }
  return buildRequest(build, { names, era, defaults })
}

/** The same on a connection that the client would use again. */
function keptAlive(context: ScriptContext): Buffer {
  return Buffer.from(requestOf(context).toString('latin1').replace('connection: close\r\n', ''), 'latin1')
}

/** Sends one byte a second after a start. */
function dripping(context: ScriptContext, start: string, unit: string): Socket {
  const socket = open(context)
  socket.on('connect', () => socket.write(start))
  let sent = 0
  const drip = setInterval(() => socket.write(unit[sent++] ?? 'x'), 1_000)
  return socket.on('close', () => clearInterval(drip)).resume()
}

/** Waits for the server to close a connection, and has another client call meanwhile. */
async function untilClosed(
  socket: Socket,
  { testCase, meanwhile }: ScriptContext,
): Promise<Partial<Observation>> {
  const startedAt = performance.now()
  const received = collect(socket)
  const closed = closing(socket).then(() => performance.now() - startedAt)
  const [closedAfterMs] = await Promise.all([
    Promise.race([closed, seconds((testCase.expect.closed_within_ms ?? 35_000) / 1000).then(() => null)]),
    meanwhile(),
  ])
  socket.destroy()
  return {
    closedAfterMs: closedAfterMs === null ? null : Math.round(closedAfterMs),
    response: { ...parseResponse(received()), late: false },
  }
}

function collect(socket: Socket): () => Buffer {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  return () => Buffer.concat(chunks)
}

function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.on('close', () => resolve())
  })
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !holds(); await seconds(0.02)) {
    if (Date.now() > end) throw new Error('the script did not come to its point within 30 s')
  }
}

const seconds = (count: number) => new Promise<void>((resolve) => setTimeout(resolve, count * 1000))
