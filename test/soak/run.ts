import { createPublicKey } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { load, type Sample } from '../../bench/load.js'
import { verifyChain } from '../../packages/server/src/audit/verify-chain.js'
import { measure } from '../harness/measure.js'
import type { CriterionId } from '../security/criteria.js'
import { startSoakServer } from './server.js'
import { CALLERS, callersOf, shootFor } from './shots.js'

// Calls the real server for a long time, checks every answer, and watches its memory. `--calls 5000` is the short form:
// it checks the answers and the audit log, and leaves out what needs a long run.

const CONNECTIONS = 32
const LONG = 100_000
/** Resident memory goes up and down by 30 MB: over 200,000 calls that alone gave slopes between -2 and 12 MB. */
const CALLS = '400000'
/** The share of the calls after which memory and delays count. */
const WARM_UP = 0.3

const { values } = parseArgs({ options: { calls: { type: 'string', default: CALLS } } })
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

const failures: string[] = []
/** A figure is noted for its criterion only where it meets the bar, and only of the long form. */
const check = (isMet: boolean, what: string, id?: CriterionId, figure = '') => {
  process.stdout.write(`${isMet ? 'ok  ' : 'FAIL'} ${what}\n`)
  if (!isMet) failures.push(what)
  else if (id && isLong) measure(id, figure)
}

const server = await startSoakServer()
const shoot = shootFor(server, await callersOf(server))
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
  const megabytes = server.residentMegabytes()
  // Collected from the start on, so that the memory before and after the warm-up is kept in the same way.
  const left = await server.inspector.heapMegabytes()
  if (sent < calls * WARM_UP) await server.inspector.resetLoopDelay()
  else {
    resident.push({ calls: sent, megabytes })
    heap.push({ calls: sent, megabytes: left })
  }
}
const rate = sent / ((performance.now() - started) / 1000)
check(
  wrong === 0,
  `${sent} calls by ${CALLERS} callers, ${Math.round(rate)} a second: ${wrong} wrong`,
  'E1',
  `${wrong} of ${sent}`,
)
if (isLong) {
  const residentSlope = slope(resident)
  const heapSlope = slope(heap)
  const delay = await server.inspector.loopDelayMilliseconds()
  check(
    residentSlope <= 10,
    `resident memory: ${residentSlope.toFixed(1)} MB per 100,000 calls (${range(resident)})`,
    'E2',
    residentSlope.toFixed(1),
  )
  check(
    heapSlope <= 1,
    `heap after collection: ${heapSlope.toFixed(2)} MB per 100,000 calls (${range(heap)})`,
    'E3',
    heapSlope.toFixed(2),
  )
  check(delay <= 100, `delay of the event loop, p99: ${delay.toFixed(0)} ms`, 'E10', delay.toFixed(0))
  await atHalfOfPeak()
  await overloaded()
}
await stopAndCount()
process.exitCode = failures.length > 0 ? 1 : 0

function range(points: readonly Point[]): string {
  const at = (index: number) => points.at(index)?.megabytes.toFixed(0)
  return `${at(0)} to ${at(-1)} MB, ${points.length} samples`
}

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
  check(p99 <= 250, `at half of the peak rate, p99: ${p99.toFixed(0)} ms`, 'E4', p99.toFixed(0))
}

/** Five times the connections for a minute: what is answered well, against the rate before. */
async function overloaded(): Promise<void> {
  const seconds = 60
  const { good } = counted(await round(seconds * 1000, 5 * CONNECTIONS))
  const goodput = good / seconds / rate
  check(
    goodput >= 0.8,
    `overloaded five times: ${goodput.toFixed(2)} of the rate before is answered well`,
    'E9',
    goodput.toFixed(2),
  )
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
  check(
    records === sent,
    `${records} records of ${sent} calls in the audit log`,
    'G1',
    `${records} of ${sent}`,
  )
  check(problem === undefined, 'the chain of the audit log holds')
}
