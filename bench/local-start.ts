import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../test/harness/program.js'

// How long `scalekit-mcp local` takes from the start of its process, and how much memory it then holds: until it answers
// at all, and until it has given a token and listed organizations for it. The first start makes keys and the seed, later
// ones find them. Five rounds, median with minimum and maximum.

const ROUNDS = 5
const ENVIRONMENT = 'env_100000000000000001'
const program = fileURLToPath(new URL('../packages/server/bin/scalekit-mcp.js', import.meta.url))

interface Reached {
  milliseconds: number
  megabytes: number
}

const data = mkdtempSync(join(tmpdir(), 'bench-local-'))
const rows = new Map<string, Reached[]>()
for (let round = 0; round < ROUNDS; round++) {
  for (const start of ['first start', 'later start']) {
    const { ready, called } = await measure(join(data, String(round)))
    rows.set(`${start}, ready`, [...(rows.get(`${start}, ready`) ?? []), ready])
    rows.set(`${start}, first calls done`, [...(rows.get(`${start}, first calls done`) ?? []), called])
  }
}
rmSync(data, { recursive: true })

process.stdout.write(
  `Node ${process.version}\n\n| | ms: median (min to max) | resident MB: median (min to max) |\n|---|---|---|\n`,
)
for (const [name, reached] of rows) {
  const cells = [reached.map((one) => one.milliseconds), reached.map((one) => one.megabytes)].map(summary)
  process.stdout.write(`| ${name} | ${cells.join(' | ')} |\n`)
}

async function measure(folder: string): Promise<{ ready: Reached; called: Reached }> {
  const port = await freePort()
  const begun = performance.now()
  const child = spawn(process.execPath, [program, 'local', '--data', folder, '--port', String(port)], {
    stdio: 'ignore',
  })
  while ((await send(port, 'GET', '/__local/health', { 'x-scalekit-local': '1' })).status !== 200) {
    if (performance.now() - begun > 20_000) throw new Error('not ready within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const ready = reached(child, begun)
  const { text } = await send(
    port,
    'POST',
    `/${ENVIRONMENT}/oauth/token`,
    { 'content-type': 'application/x-www-form-urlencoded' },
    'grant_type=client_credentials&client_id=skc_100000000000000001&client_secret=test_local_secret',
  )
  const { access_token } = JSON.parse(text) as { access_token: string }
  const listed = await send(port, 'GET', `/${ENVIRONMENT}/api/v1/organizations`, {
    authorization: `Bearer ${access_token}`,
  })
  if (listed.status !== 200) throw new Error(`no organizations: ${listed.status} ${listed.text}`)
  const called = reached(child, begun)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  return { ready, called }
}

function reached({ pid }: ChildProcess, begun: number): Reached {
  const milliseconds = performance.now() - begun
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return { milliseconds, megabytes: Number(kilobytes) / 1024 }
}

/** Status 0 where nobody answers. Not `fetch`: loading it takes as long as what is measured. */
function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', () => resolve({ status: 0, text: '' }))
    sent.end(body)
  })
}

function summary(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => Math.round(sorted[index] ?? Number.NaN)
  return `${at(Math.floor(sorted.length / 2))} (${at(0)} to ${at(sorted.length - 1)})`
}
