import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../test/harness/program.js'

// How long the local environment takes from the start of its process to its first answer, and how much memory it
// holds then: the first start makes keys and the seed, later ones find them. Five rounds, median with minimum and maximum.

const ROUNDS = 5
const program = fileURLToPath(new URL('./local-process.js', import.meta.url))

const data = mkdtempSync(join(tmpdir(), 'bench-local-'))
const rows: { first: boolean; milliseconds: number; megabytes: number }[] = []
for (let round = 0; round < ROUNDS; round++) {
  const folder = join(data, String(round))
  rows.push({ first: true, ...(await start(folder)) })
  rows.push({ first: false, ...(await start(folder)) })
}
rmSync(data, { recursive: true })

process.stdout.write(
  '| start | ms: median (min to max) | resident MB: median (min to max) |\n|---|---|---|\n',
)
for (const first of [true, false]) {
  const these = rows.filter((row) => row.first === first)
  const cells = [these.map((row) => row.milliseconds), these.map((row) => row.megabytes)].map(summary)
  process.stdout.write(`| ${first ? 'first, makes keys and seed' : 'later'} | ${cells.join(' | ')} |\n`)
}

async function start(folder: string): Promise<{ milliseconds: number; megabytes: number }> {
  const port = await freePort()
  const begun = performance.now()
  const child = spawn(process.execPath, [program, folder, String(port)], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}/__local/health`
  while (
    !(await fetch(url, { headers: { 'x-scalekit-local': '1' } }).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (performance.now() - begun > 20_000) throw new Error('not ready within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const milliseconds = performance.now() - begun
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const megabytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  return { milliseconds, megabytes }
}

function summary(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => Math.round(sorted[index] ?? Number.NaN)
  return `${at(Math.floor(sorted.length / 2))} (${at(0)} to ${at(sorted.length - 1)})`
}
