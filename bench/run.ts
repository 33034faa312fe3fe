import { writeFileSync } from 'node:fs'
import { availableParallelism, constants, cpus, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { benchPort } from './bench-port.js'
import { type Figure, figureOf, type Results, titleOf } from './figures.js'
import { load, tryOnce } from './load.js'
import { measureMemory } from './memory.js'
import { printTable } from './print-table.js'
import { bind, start } from './process.js'
import type { Running } from './running.js'
import { compileServers } from './servers/compiled.js'
import { type Contender, contenders } from './servers.js'
import { measureTwoProcesses } from './two-processes.js'
import { type Workload, workloads } from './workloads.js'

// Measures this server beside its peers: processor time per good answer, throughput, latency, cold start and memory.
// Options: --rounds N (default 5), --connections 1,10,100, --only NAME,NAME (servers), --workloads NAME,NAME (by their
// titles, such as "401" or "tools/call over 2025-11-25"), --calls N (of the memory's measurement, default 200000; 0 leaves it out),
// --json FILE. It ends with 1 where this server gave a wrong answer.

const option = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback)
}
const rounds = Number(option('rounds', '5'))
const connectionCounts = option('connections', '1,10,100').split(',').map(Number)
const only = option('only', '').split(',').filter(Boolean)
const titles = option('workloads', '').split(',').filter(Boolean)
const calls = Number(option('calls', '200000'))
/** Unmeasured, then measured; the targets are about 10 connections, so the others take less. */
const [WARM_MS, MEASURED_MS] = [600, 1_500]
const [SHORT_WARM_MS, SHORT_MEASURED_MS] = [400, 1_000]
/** A server gets quicker for its first twenty seconds of calls, by half; all workloads together are longer. */
const COMPILE_MS = 3_000
/** Counted before the load is bound to one of them. */
const CORES = availableParallelism()
const [SERVER_CORE, LOAD_CORE] = CORES > 1 ? [0, 1] : [undefined, undefined]
const CALLERS = 50

await compileServers()
if (LOAD_CORE !== undefined) bind(process.pid, [LOAD_CORE])
const scalekitPort = await benchPort()
const issuer = `http://127.0.0.1:${scalekitPort}`
const scalekit = start(
  [
    process.execPath,
    '--import',
    'tsx',
    fileURLToPath(new URL('./scalekit-process.ts', import.meta.url)),
    String(scalekitPort),
  ],
  {},
  LOAD_CORE,
)
// The API goes first on the core that they share: the load never sleeps, and would hold it up by a turn of the scheduler.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
await answering(`${issuer}/keys`, 200)

const chosen = contenders.filter(({ name }) => only.length === 0 || only.includes(name))
const asked = workloads.filter(
  (workload) => titles.length === 0 || titles.includes(titleOf({ ...workload, workload: workload.name })),
)
const results: Results = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  machine: `${CORES} cores, ${cpus()[0]?.model ?? 'unknown'}`,
  rounds,
  workloads: [],
  starts: await coldStarts(),
  memory: [],
}
const running = await Promise.all(chosen.map((contender) => run(contender)))
await warmUp()
for (const connections of connectionCounts) {
  for (const workload of asked) results.workloads.push(...(await compare(workload, connections)))
}
for (const { process } of running) await process.stop()
save()
if (calls > 0) results.memory.push(...(await measureMemory(chosen, run, calls)))
if (chosen.some(({ name }) => name === 'this server')) {
  // Two processes take both cores, and the load what they leave.
  if (LOAD_CORE !== undefined) bind(process.pid, [SERVER_CORE, LOAD_CORE])
  const twoProcesses = await measureTwoProcesses((contender) => run(contender, '', false), rounds)
  if (twoProcesses !== undefined) results.twoProcesses = twoProcesses
}
await scalekit.stop()
save()
printTable(results)
process.exitCode = results.workloads.some(({ server, wrong }) => server === 'this server' && wrong > 0)
  ? 1
  : 0

/** After each part: an hour of figures outlives what fails after them. */
function save(): void {
  const file = option('json', '')
  if (file) writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
}

/**
 * Every server has met every workload, has given a good answer, and has compiled what it needs for it, before the first one is
 * measured.
 *
 * @throws Error for a server that gives a wrong answer: its figures would be those of something else
 */
async function warmUp(): Promise<void> {
  for (const workload of asked) {
    for (const server of running) {
      const { contender, port } = server
      const connections = connectionCounts.find((count) => contender.serves(workload, count))
      if (connections === undefined) continue
      const shoot = workload.shoot(server)
      const wrong = await tryOnce(port, shoot)
      if (wrong)
        throw new Error(
          `${contender.name} does not answer ${titleOf({ ...workload, workload: workload.name })}: ${wrong}`,
        )
      await load({ port, connections, milliseconds: COMPILE_MS, shoot })
    }
  }
}

/** Rounds take turns: A B C A B C …, so that what else the machine does meets all. */
async function compare(workload: Workload, connections: number): Promise<Results['workloads']> {
  const servers = running.filter(({ contender }) => contender.serves(workload, connections))
  if (servers.length < Math.min(2, running.length)) return []
  const [warm, measured] = connections === 10 ? [WARM_MS, MEASURED_MS] : [SHORT_WARM_MS, SHORT_MEASURED_MS]
  const seen = servers.map(() => ({
    cpu: [] as number[],
    rate: [] as number[],
    p99: [] as number[],
    wrong: 0,
  }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, server] of servers.entries()) {
      const { port, process } = server
      const shoot = workload.shoot(server)
      await load({ port, connections, milliseconds: warm, shoot })
      const before = process.cpu()
      const started = performance.now()
      const sample = await load({ port, connections, milliseconds: measured, shoot })
      const seconds = (performance.now() - started) / 1000
      const own = seen[index]
      if (!own) continue
      own.wrong += sample.wrong
      own.p99.push(sample.p99)
      own.rate.push(sample.good / seconds)
      own.cpu.push(((process.cpu() - before) * 1000) / sample.good)
    }
  }
  return servers.map(({ contender }, index) => ({
    workload: workload.name,
    ...(workload.revision ? { revision: workload.revision } : {}),
    ...(workload.client ? { client: workload.client } : {}),
    connections,
    server: contender.name,
    microseconds: figureOf(seen[index]?.cpu ?? []),
    perSecond: figureOf(seen[index]?.rate ?? []),
    p99: figureOf(seen[index]?.p99 ?? []),
    wrong: seen[index]?.wrong ?? 0,
  }))
}

async function coldStarts(): Promise<{ server: string; milliseconds: Figure }[]> {
  const times = new Map<string, number[]>()
  for (let round = 0; round < rounds; round++) {
    for (const contender of chosen) {
      const begun = performance.now()
      const { process } = await run(contender)
      times.set(contender.name, [...(times.get(contender.name) ?? []), performance.now() - begun])
      await process.stop()
    }
  }
  return [...times].map(([server, all]) => ({ server, milliseconds: figureOf(all) }))
}

/** Starts a server; it is ready when it refuses a request without a token, as it should. */
async function run(contender: Contender, nodeOptions = '', isBound = true): Promise<Running> {
  const port = await benchPort()
  const host = `127.0.0.1:${port}`
  const { path = '/mcp' } = contender
  const resource = `http://${host}${path}`
  const env = {
    ...contender.env({ port, secondPort: await benchPort(), issuer, resource }),
    NODE_ENV: 'development',
    ...(nodeOptions ? { NODE_OPTIONS: nodeOptions } : {}),
  }
  const process = start(contender.command, env, isBound ? SERVER_CORE : undefined)
  await answering(resource, 401)
  if (process.child.exitCode !== null)
    throw new Error(`${contender.name} ended with ${process.child.exitCode}`)
  const tokens = (kind: string, claims: (subject: string) => object) =>
    Promise.all(
      Array.from({ length: CALLERS }, async (_, i) => {
        const subject = `${kind}_${String(i).padStart(4, '0')}_bench`
        const query = new URLSearchParams({ sub: subject, aud: resource, ...claims(subject) })
        return { token: await (await fetch(`${issuer}/mint?${query}`)).text(), subject }
      }),
    )
  const { scopes } = contender
  const callers = await tokens('usr', () => (scopes ? { scopes: scopes.join(' ') } : {}))
  const machines = await tokens('skc', (subject) => ({ client_id: subject, scopes: '' }))
  return { contender, port, host, path, process, callers, machines }
}

async function answering(url: string, status: number): Promise<void> {
  const init =
    status === 401 ? { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } } : {}
  for (let attempt = 0; attempt < 3_000; attempt++) {
    if (
      (await fetch(url, init).then(
        (response) => response.status,
        () => 0,
      )) === status
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`${url} does not answer ${status}`)
}
