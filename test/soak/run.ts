import { createPublicKey } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { load, type Sample, type Shot } from '../../bench/load.js'
import { verifyChain } from '../../packages/server/src/audit/verify-chain.js'
import { measure } from '../harness/measure.js'
import { type SoakServer, startSoakServer } from './server.js'

// Calls the real server for a long time, checks every answer, and watches its memory. `--calls 5000` is the short form:
// it checks the answers and the audit log, and leaves out what needs a long run.

const CALLERS = 200
const CONNECTIONS = 32
const LONG = 100_000
/** Of the calls, one in so many goes to the management API. */
const UPSTREAM_EVERY = 20

const { values } = parseArgs({ options: { calls: { type: 'string', default: '200000' } } })
const calls = Number(values.calls)
const isLong = calls >= LONG

interface Point {
  readonly calls: number
  readonly megabytes: number
}

/** Least squares, in megabytes per 100,000 calls. */
function slope(points: readonly Point[]): number {
  const mean = (pick: (point: Point) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length
  const [x, y] = [mean((point) => point.calls), mean((point) => point.megabytes)]
  const above = points.reduce((sum, point) => sum + (point.calls - x) * (point.megabytes - y), 0)
  const below = points.reduce((sum, point) => sum + (point.calls - x) ** 2, 0)
  return (above / below) * 100_000
}

/** One call of one caller; good is an answer with its id, and with nobody's name but its own. */
function shootFor(server: SoakServer, tokens: readonly string[]): (id: number) => Shot {
  return (id) => {
    const caller = id % CALLERS
    const upstream = id % UPSTREAM_EVERY === 0
    const params = upstream
      ? { name: 'list_organizations', arguments: { environmentId: 'env_100000000000000001' } }
      : { name: 'whoami', arguments: {} }
    const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })
    const expected = upstream ? '\\"org_100000000000000001\\"' : `\\"soak-${caller}-\\"`
    return {
      bytes: Buffer.from(
        `POST /mcp HTTP/1.1\r\nHost: localhost:${server.port}\r\nAuthorization: Bearer ${tokens[caller]}\r\n` +
          'Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n' +
          `Content-Length: ${body.length}\r\n\r\n${body}`,
      ),
      isGood: (status, text) =>
        status === 200 &&
        text.includes(`"id":${id}`) &&
        text.includes(expected) &&
        !text.includes('"isError":true') &&
        [...text.matchAll(/soak-\d+-/g)].every(([name]) => name === `soak-${caller}-`),
    }
  }
}

const failures: string[] = []
const check = (isMet: boolean, what: string) => {
  process.stdout.write(`${isMet ? 'ok  ' : 'FAIL'} ${what}\n`)
  if (!isMet) failures.push(what)
}

const server = await startSoakServer()
const tokens = await Promise.all(
  Array.from({ length: CALLERS }, (_, caller) => server.token({ client_id: `soak-${caller}-` })),
)
const shoot = shootFor(server, tokens)
const round = (milliseconds: number, connections = CONNECTIONS) =>
  load({ port: server.port, connections, milliseconds, shoot })
let sent = 0
let wrong = 0
const counted = (sample: Sample) => {
  sent += sample.good + sample.wrong
  wrong += sample.wrong
  return sample
}

const resident: Point[] = []
const heap: Point[] = []
const started = performance.now()
while (sent < calls) {
  counted(await round(isLong ? 5_000 : 1_000))
  if (sent < calls * 0.3) continue
  resident.push({ calls: sent, megabytes: server.residentMegabytes() })
  heap.push({ calls: sent, megabytes: await server.inspector.heapMegabytes() })
}
const rate = sent / ((performance.now() - started) / 1000)
check(wrong === 0, `${sent} calls by ${CALLERS} callers, ${Math.round(rate)} a second: ${wrong} wrong`)
if (isLong) {
  measure('E1', `${wrong} of ${sent}`)
  const [residentSlope, heapSlope] = [slope(resident), slope(heap)]
  check(residentSlope <= 10, `resident memory: ${residentSlope.toFixed(1)} MB per 100,000 calls`)
  check(heapSlope <= 1, `heap after collection: ${heapSlope.toFixed(2)} MB per 100,000 calls`)
  measure('E2', residentSlope.toFixed(1))
  measure('E3', heapSlope.toFixed(2))
  const delay = await server.inspector.loopDelayMilliseconds()
  check(delay <= 100, `delay of the event loop, p99: ${delay.toFixed(0)} ms`)
  measure('E10', delay.toFixed(0))
  await atHalfOfPeak()
  await overloaded()
}
await stopAndCount()
process.exitCode = failures.length > 0 ? 1 : 0

/** As many connections as keep half of the rate, each of which waits between its calls. */
async function atHalfOfPeak(): Promise<void> {
  const latencies: number[] = []
  const pause = (CONNECTIONS / (rate / 2)) * 1000
  const until = performance.now() + 30_000
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      await sleep(Math.random() * pause)
      while (performance.now() < until) {
        const asked = performance.now()
        const { p50 } = counted(await load({ port: server.port, connections: 1, milliseconds: 1, shoot }))
        latencies.push(p50)
        await sleep(Math.max(0, pause - (performance.now() - asked)))
      }
    }),
  )
  latencies.sort((a, b) => a - b)
  const p99 = latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN
  check(p99 <= 250, `at half of the peak rate, p99: ${p99.toFixed(0)} ms`)
  measure('E4', p99.toFixed(0))
}

/** Five times the connections for a minute: what is answered well, against the rate before. */
async function overloaded(): Promise<void> {
  const seconds = 60
  const { good } = counted(await round(seconds * 1000, 5 * CONNECTIONS))
  const goodput = good / seconds / rate
  check(goodput >= 0.8, `overloaded five times: ${goodput.toFixed(2)} of the rate before is answered well`)
  measure('E9', goodput.toFixed(2))
}

/** Every call is in the audit log, once, and the chain holds. */
async function stopAndCount(): Promise<void> {
  const code = await server.stop()
  let records = 0
  for await (const line of createInterface({ input: createReadStream(server.audit.file) })) {
    if (line.includes('"type":"request"') && line.includes('"tool":')) records++
  }
  const { problem } = await verifyChain(
    server.audit.file,
    createPublicKey(await readFile(server.audit.keyFile)),
  )
  check(code === 0, `stopped with ${code}`)
  check(records === sent, `${records} records of ${sent} calls in the audit log`)
  check(problem === undefined, 'the chain of the audit log holds')
  if (isLong) measure('G1', `${records} of ${sent}`)
}
