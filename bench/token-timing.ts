import http from 'node:http'
import { measure } from '../test/harness/measure.js'
import { startLocalProgram } from '../test/harness/program.js'

// Whether the time of a refusal at the token endpoint tells what was wrong (criterion S12): Welch's t between kinds of
// wrong credentials. The environment is a process of its own, the kinds take turns, and each request is a lone one.
// Argument: samples of each kind, 10000 by default, 1000 for a quick look.

const SAMPLES = Number(process.argv[2] ?? 10_000)
const MAX_T = 4.5
const SECRET = 'test_local_secret'
const CLIENT = 'skc_100000000000000001'
const kinds = {
  'wrong from the first letter': [CLIENT, `x${SECRET.slice(1)}`],
  'wrong in the last letter': [CLIENT, `${SECRET.slice(0, -1)}x`],
  longer: [CLIENT, `${SECRET}${'x'.repeat(15)}`],
  'unknown client': ['skc_999999999999999999', SECRET],
} as const
type Kind = keyof typeof kinds

const local = await startLocalProgram(['--memory'])
const { port } = new URL(local.url)
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
try {
  report(await sample())
} finally {
  agent.destroy()
  await local.stop('SIGKILL')
}

async function sample(): Promise<Record<Kind, number[]>> {
  const names = Object.keys(kinds) as Kind[]
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Kind, number[]>
  for (let round = -200; round < SAMPLES; round++) {
    // In another order every round, so that no kind always follows the same one.
    for (const name of names.map((each) => ({ each, at: Math.random() })).sort((a, b) => a.at - b.at)) {
      const time = await ask(name.each)
      if (round >= 0) times[name.each].push(time)
    }
  }
  return times
}

/** The microseconds until a request is refused. */
function ask(kind: Kind): Promise<number> {
  const [client_id, client_secret] = kinds[kind]
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString()
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
    host: `localhost:${port}`,
  }
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path: '/env_100000000000000001/oauth/token', method: 'POST' }
    const request = http.request({ ...options, headers, agent }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode !== 401) reject(new Error(`not refused: ${response.statusCode}`))
        else resolve(Number(process.hrtime.bigint() - begun) / 1000)
      })
    })
    request.once('error', reject)
    const begun = process.hrtime.bigint()
    request.end(body)
  })
}

function report(times: Record<Kind, number[]>): void {
  const [base, ...others] = Object.keys(times) as Kind[]
  if (base === undefined) return
  process.stdout.write(
    `| refused because of | mean µs | median µs | t against "${base}" |\n|---|---|---|---|\n`,
  )
  process.stdout.write(
    `| ${base} | ${mean(times[base]).toFixed(1)} | ${median(times[base]).toFixed(1)} | |\n`,
  )
  const found = others.map((name) => ({ name, t: welch(trimmed(times[base]), trimmed(times[name])) }))
  for (const { name, t } of found) {
    const cells = [mean(times[name]).toFixed(1), median(times[name]).toFixed(1), t.toFixed(2)]
    process.stdout.write(`| ${name} | ${cells.join(' | ')} |\n`)
  }
  const worst = Math.max(...found.map(({ t }) => Math.abs(t)))
  process.stdout.write(
    `\n|t| at most ${worst.toFixed(2)}; the bar is ${MAX_T}, with ${SAMPLES} samples of each kind.\n`,
  )
  if (worst > MAX_T) process.exitCode = 1
  else if (SAMPLES >= 10_000)
    measure('S12', `|t| = ${worst.toFixed(2)}, ${SAMPLES} samples of ${found.length + 1} kinds`)
}

/** Without the slowest twentieth, where the machine did something else: what is left shows smaller differences. */
function trimmed(values: number[]): number[] {
  return [...values].sort((a, b) => a - b).slice(0, Math.floor(values.length * 0.95))
}

function welch(a: number[], b: number[]): number {
  return (mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length)
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function variance(values: number[]): number {
  const middle = mean(values)
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1)
}
