import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../test/harness/program.js'

// How long the local environment takes to seed, export, restore and snapshot 20,000 organizations, each with one user, and
// the most memory that its process held until then. The process starts with the seed as YAML, which is empty of times, and
// its state is exported and restored as JSON and as YAML. Processor time is what the step takes on an idle machine.

const COUNT = Number(process.argv[2] ?? 20_000)
const program = fileURLToPath(new URL('../packages/server/bin/scalekit-mcp.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bench-state-'))

const seed = join(folder, 'seed.yaml')
writeFileSync(seed, seedOf(COUNT))
const port = await freePort()
const rows: [string, number, number, number][] = []
const begun = performance.now()
const child = spawn(
  process.execPath,
  [program, 'local', '--data', join(folder, 'data'), '--seed', seed, '--port', String(port)],
  { stdio: 'ignore' },
)
try {
  while ((await send('GET', 'health')).status !== 200) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  rows.push(['start with the seed', performance.now() - begun, processorMs(child), peakMegabytes(child)])
  const json = await step('export as JSON', 'GET', 'state', { accept: 'application/json' })
  await step('restore from JSON', 'PUT', 'state', { 'content-type': 'application/json' }, json)
  const yaml = await step('export as YAML', 'GET', 'state', { accept: 'application/yaml' })
  await step('restore from YAML', 'PUT', 'state', { 'content-type': 'application/yaml' }, yaml)
  await step('save a snapshot', 'POST', 'snapshots/bench')
  await step('restore the snapshot', 'PUT', 'snapshots/bench/restore')
  await step('reset to the seed', 'POST', 'reset')
} finally {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  rmSync(folder, { recursive: true })
}

process.stdout.write(
  `Node ${process.version}, ${COUNT} organizations and users\n\n| | seconds | of these on the processor | peak MB until then |\n|---|---|---|---|\n`,
)
for (const [name, milliseconds, processor, megabytes] of rows) {
  process.stdout.write(
    `| ${name} | ${(milliseconds / 1000).toFixed(1)} | ${(processor / 1000).toFixed(1)} | ${megabytes.toFixed(0)} |\n`,
  )
}

async function step(
  name: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<string> {
  const from = performance.now()
  const before = processorMs(child)
  const { status, text } = await send(method, path, headers, body)
  if (status !== 200) throw new Error(`${name}: ${status} ${text.slice(0, 300)}`)
  rows.push([name, performance.now() - from, processorMs(child) - before, peakMegabytes(child)])
  return text
}

function peakMegabytes({ pid }: ChildProcess): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

/** User and system time of all threads. Linux counts it in hundredths of a second. */
function processorMs({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Status 0 where nobody answers. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const all = { 'x-scalekit-local': '1', ...headers }
    const sent = request(
      { host: '127.0.0.1', port, method, path: `/__local/${path}`, headers: all },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        )
      },
    )
    sent.on('error', () => resolve({ status: 0, text: '' }))
    sent.end(body)
  })
}

/** The default seed with so many further organizations, each with one user who is its member. */
function seedOf(count: number): string {
  const text = readFileSync(new URL('../packages/local/src/seed/default.yaml', import.meta.url), 'utf8')
  const id = (prefix: string, index: number) => `${prefix}_${200_000_000_000_000_000n + BigInt(index)}`
  const indexes = Array.from({ length: count }, (_, index) => index)
  const organizations = indexes.map(
    (index) =>
      `      - { id: ${id('org', index)}, display_name: Customer ${index}, external_id: customer-${index}, data: { metadata: { plan: enterprise } } }\n`,
  )
  const users = indexes.map(
    (index) =>
      `      - { id: ${id('usr', index)}, email: person@customer-${index}.example, data: { user_profile: { first_name: Person, name: Person ${index} } }, memberships: [{ organization: ${id('org', index)}, roles: [member] }] }\n`,
  )
  return text
    .replace(/\n {4}organizations:\n/, (line) => line + organizations.join(''))
    .replace(/\n {4}users:\n/, (line) => line + users.join(''))
}
