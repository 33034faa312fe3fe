import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../test/harness/program.js'
import { load } from '../load.js'
import { type Measured, start } from '../process.js'
import { contenders } from '../servers.js'
import { type BenchCaller, type Target, workloads } from '../workloads.js'
import { type CallersFigures, measured, record, type ToolsFigures, thisRun } from './figures.js'

// What the MCP server needs with 1 to 10,000 callers, each with a token of its own, and with fewer or more tools in the
// list: MCP 2026-07-28, ten connections, in front of a management API that costs little. Writes its parts of
// docs/sizing.json.

const COUNTS = [1, 10, 100, 1_000, 10_000]
const QUERIES = ['?toolsets=organizations', '?toolsets=organizations,users', '?readonly=true', '']
const FIRST_CALLS = 10_000
const under = { connections: 10, milliseconds: 2_000 }

const program = fileURLToPath(new URL('../scalekit-process.ts', import.meta.url))
const scalekitPort = await freePort()
const issuer = `http://127.0.0.1:${scalekitPort}`
const scalekit = start([process.execPath, '--import', 'tsx', program, String(scalekitPort)], {}, undefined)
await until(`${issuer}/keys`, 200)

const first = await firstCalls()
process.stdout.write(`${JSON.stringify(first)}\n`)
const counts: CallersFigures[] = []
for (const count of COUNTS) {
  counts.push(await withCallers(count))
  process.stdout.write(`${JSON.stringify(counts.at(-1))}\n`)
}
record({ callers: { ...thisRun(), ...first, counts } })

const server = await serve()
const tools: ToolsFigures[] = []
for (const query of QUERIES) {
  tools.push(await withTools(server, query))
  process.stdout.write(`${JSON.stringify(tools.at(-1))}\n`)
}
record({ tools: { ...thisRun(), selections: tools } })
await server.stop()
await scalekit.stop()

interface Serving {
  readonly process: Measured
  readonly port: number
  readonly auditFile: string
  stop(): Promise<void>
}

/** The server as an operator runs it: log, metrics, limits and audit on. */
async function serve(): Promise<Serving> {
  const ours = contenders.find(({ name }) => name === 'this server')
  if (!ours) throw new Error('the server is not among those that are measured')
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'bench-callers-'))
  const auditFile = join(folder, 'audit.jsonl')
  const resource = `http://127.0.0.1:${port}/mcp`
  const env = {
    ...ours.env({ port, secondPort: await freePort(), issuer, resource }),
    NODE_ENV: 'development',
    AUDIT_FILE: auditFile,
  }
  const process = start(ours.command, env, undefined)
  await until(resource, 401, { method: 'POST' })
  const stop = async () => {
    await process.stop()
    rmSync(folder, { recursive: true })
  }
  return { process, port, auditFile, stop }
}

function workload(name: string) {
  const found = workloads.find((each) => each.name === name && each.revision === '2026-07-28')
  if (!found) throw new Error(`no workload ${name}`)
  return found
}

async function targetOf(port: number, callers: number): Promise<Target> {
  const host = `127.0.0.1:${port}`
  return { host, path: '/mcp', callers: await mint(callers, `http://${host}/mcp`), machines: [] }
}

/** Every call is the first of its caller: the token is checked, and exchanged for one of the management API. */
async function firstCalls(): Promise<{ firstCallMicroseconds: number; auditBytes: number }> {
  const { process, port, auditFile, stop } = await serve()
  const shoot = workload('tools/call with upstream').shoot(await targetOf(port, FIRST_CALLS))
  // A few callers are spent until the code is compiled.
  await load({ port, connections: 10, milliseconds: 1_000, shoot })
  const [cpu, size] = [process.cpu(), statSync(auditFile).size]
  let calls = 0
  const counting = (id: number) => {
    calls++
    return shoot(id)
  }
  const { good, wrong } = await load({ port, connections: 10, milliseconds: 2_000, shoot: counting })
  if (wrong > 0 || calls > FIRST_CALLS / 2) throw new Error(`${wrong} wrong answers of ${calls}`)
  const figures = {
    firstCallMicroseconds: Math.round(((process.cpu() - cpu) * 1000) / good),
    auditBytes: Math.round((statSync(auditFile).size - size) / good),
  }
  await stop()
  return figures
}

async function withCallers(count: number): Promise<CallersFigures> {
  const { process, port, stop } = await serve()
  const shoot = workload('tools/call with upstream').shoot(await targetOf(port, count))
  await load({ port, connections: 10, milliseconds: count, shoot })
  const operation = await measured(process, { port, ...under, shoot })
  const residentMegabytes = Math.round(process.residentMegabytes())
  await stop()
  return { callers: count, ...operation, residentMegabytes }
}

async function withTools({ process, port }: Serving, query: string): Promise<ToolsFigures> {
  const plain = workload('tools/list').shoot(await targetOf(port, 50))
  let bytes = 0
  let tools = 0
  const shoot = (id: number) => ({
    bytes: Buffer.from(
      plain(id).bytes.toString('latin1').replace('POST /mcp ', `POST /mcp${query} `),
      'latin1',
    ),
    isGood(status: number, answer: string) {
      if (bytes === 0) {
        bytes = Buffer.byteLength(answer, 'latin1')
        tools = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)).result.tools.length
      }
      return status === 200 && answer.includes(`"id":${id}`) && answer.includes('"list_organizations"')
    },
  })
  const operation = await measured(process, { port, ...under, shoot })
  return { query, tools, bytes, ...operation }
}

/** Tokens of different people, made by the stand-in. */
async function mint(count: number, resource: string): Promise<BenchCaller[]> {
  const made: BenchCaller[] = []
  for (let index = 0; index < count; index++) {
    const subject = `usr_${String(index).padStart(6, '0')}_bench`
    const answer = await fetch(`${issuer}/mint?sub=${subject}&aud=${encodeURIComponent(resource)}`)
    made.push({ token: await answer.text(), subject })
  }
  return made
}

async function until(url: string, status: number, init: RequestInit = {}): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const answer = await fetch(url, init).catch(() => undefined)
    if (answer?.status === status) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${url} does not answer ${status}`)
}
