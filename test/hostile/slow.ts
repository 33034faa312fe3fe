import { connect, type Socket } from 'node:net'
import { controlCall, goodToken } from './client.js'
import type { RequestCase } from './corpus.js'
import type { Outcome } from './outcome.js'
import { buildRequest, toolCall } from './request.js'
import type { PlayedScalekit } from './scalekit.js'
import type { ServerUnderTest } from './server.js'

type Seen = Pick<Outcome, 'problems' | 'figure'>
type Script = (server: ServerUnderTest, scalekit: PlayedScalekit, testCase: RequestCase) => Promise<Seen>

const head = ({ host }: ServerUnderTest) => `POST /mcp HTTP/1.1\r\nHost: ${host}\r\n`

/** Clients that are slow, silent or gone. */
const scripts: Readonly<Record<string, Script>> = {
  headers: (server, _, { expect }) =>
    closedInTime(dripping(server, head(server), 'X-Slow: '), expect.closed_within_ms),
  body: (server, scalekit, { expect }) => {
    const start = `${head(server)}Authorization: Bearer ${goodToken(scalekit, server)}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n`
    return closedInTime(dripping(server, start, ' '), expect.closed_within_ms)
  },
  idle: (server, _, { expect }) => closedInTime(connect(server.port, '127.0.0.1'), expect.closed_within_ms),
  async reader(server, scalekit, testCase) {
    const names = { host: server.host, token: goodToken(scalekit, server) }
    const request = buildRequest(toolCall('list_environments', {}), names)
    const pipelined = request.toString('latin1').replace('connection: close\r\n', '')
    const before = scalekit.counts.apiCalls
    const socket = connect(server.port, '127.0.0.1').pause()
    // As many as may be called: each request once, whether or not its answer is read.
    const max = testCase.expect.upstream_calls_max ?? 50
    for (let i = 0; i < max; i++) socket.write(pipelined, 'latin1')
    await seconds(2)
    const problems = await othersAreServed(server, scalekit, testCase)
    const calls = scalekit.counts.apiCalls - before - 1
    socket.destroy()
    return {
      problems:
        calls > max ? [...problems, `${calls} upstream calls for a client that reads nothing`] : problems,
    }
  },
  async herd(server, scalekit, testCase) {
    const sockets = Array.from({ length: testCase.build.sockets ?? 200 }, () =>
      dripping(server, head(server), 'X-Slow: '),
    )
    await seconds(1)
    const problems = await othersAreServed(server, scalekit, testCase)
    for (const socket of sockets) socket.destroy()
    return { problems }
  },
  async abort(server, scalekit, testCase) {
    scalekit.delay = 1_500
    const names = { host: server.host, token: goodToken(scalekit, server) }
    const socket = connect(server.port, '127.0.0.1')
    socket.write(buildRequest(toolCall('list_environments', {}), names))
    await seconds(0.5)
    socket.destroy()
    scalekit.delay = 0
    return { problems: await othersAreServed(server, scalekit, testCase) }
  },
}

export function runSlow(
  server: ServerUnderTest,
  scalekit: PlayedScalekit,
  testCase: RequestCase,
): Promise<Seen> {
  const script = scripts[testCase.build.slow ?? '']
  return script
    ? script(server, scalekit, testCase)
    : Promise.resolve({ problems: [`no script for slow: ${testCase.build.slow}`] })
}

/** Sends one byte a second after a start. */
function dripping(server: ServerUnderTest, start: string, unit: string): Socket {
  const socket = connect(server.port, '127.0.0.1', () => socket.write(start))
  let sent = 0
  const drip = setInterval(() => socket.write(unit[sent++] ?? 'x'), 1_000)
  socket.on('error', () => undefined).on('close', () => clearInterval(drip))
  return socket.resume()
}

async function closedInTime(socket: Socket, milliseconds = 35_000): Promise<Seen> {
  const started = performance.now()
  const closed = new Promise<true>((resolve) =>
    socket
      .resume()
      .on('error', () => undefined)
      .on('close', () => resolve(true)),
  )
  const inTime = await Promise.race([closed, seconds(milliseconds / 1000)])
  socket.destroy()
  const figure = (performance.now() - started) / 1000
  return { figure, problems: inTime ? [] : [`still open after ${milliseconds} ms`] }
}

async function othersAreServed(
  server: ServerUnderTest,
  scalekit: PlayedScalekit,
  { expect }: RequestCase,
): Promise<string[]> {
  const { ok, status, milliseconds } = await controlCall(scalekit, server)
  if (!ok) return [`another client got ${status}`]
  const max = expect.other_clients_max_ms ?? 5_000
  return milliseconds > max ? [`another client waited ${Math.round(milliseconds)} ms`] : []
}

const seconds = (count: number) => new Promise<void>((resolve) => setTimeout(resolve, count * 1000))
