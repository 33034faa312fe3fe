import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measure } from '../test/harness/measure.js'
import { startSoakServer } from '../test/soak/server.js'
import { callersOf, shootFor } from '../test/soak/shots.js'
import { load } from './load.js'

// Whether the server became slower (criterion E11): calls a second of this checkout against those of an earlier one on
// the same machine, in turns. Argument: a commit or tag; by default the last release's tag.

const CONNECTIONS = 32
const ROUNDS = 12
const ROUND_MS = 5_000
const WARM_UP_MS = 10_000
const MAX_LOSS_PERCENT = 10

const reference = process.argv[2] ?? lastRelease()
if (reference === undefined) {
  process.stderr.write('There is no earlier release: name a commit, as npm run bench:regression -- HEAD~10\n')
  process.exitCode = 2
} else {
  await compare(git('rev-parse', '--short', `${reference}^{commit}`))
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim()
}

function lastRelease(): string | undefined {
  return (
    git('tag', '--list', 'v*', '--sort=-version:refname', '--no-contains', 'HEAD').split('\n')[0] || undefined
  )
}

async function compare(commit: string): Promise<void> {
  const earlier = mkdtempSync(join(tmpdir(), 'regression-'))
  try {
    execFileSync('git', ['clone', '--quiet', '.', earlier])
    execFileSync('git', ['checkout', '--quiet', commit], { cwd: earlier })
    execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: earlier, stdio: 'ignore' })
    execFileSync('npm', ['run', 'build'], { cwd: earlier, stdio: 'ignore' })
    report(commit, await inTurns(earlier))
  } finally {
    rmSync(earlier, { recursive: true, force: true })
  }
}

/** Calls a second of both servers, round by round: what else the machine does meets both alike. */
async function inTurns(earlier: string): Promise<{ before: number[]; now: number[] }> {
  const rates = { before: [] as number[], now: [] as number[] }
  const servers = { before: await startSoakServer(earlier), now: await startSoakServer() }
  try {
    const shots = {
      before: shootFor(servers.before, await callersOf(servers.before)),
      now: shootFor(servers.now, await callersOf(servers.now)),
    }
    const round = async (which: 'before' | 'now', milliseconds: number) => {
      const { port } = servers[which]
      const { good, wrong } = await load({
        port,
        connections: CONNECTIONS,
        milliseconds,
        shoot: shots[which],
      })
      if (wrong > 0) throw new Error(`${wrong} wrong answers of the server ${which}`)
      return good / (milliseconds / 1000)
    }
    for (const which of ['before', 'now'] as const) await round(which, WARM_UP_MS)
    for (let turn = 0; turn < ROUNDS; turn++) {
      const order = turn % 2 === 0 ? (['before', 'now'] as const) : (['now', 'before'] as const)
      for (const which of order) rates[which].push(await round(which, ROUND_MS))
    }
  } finally {
    await Promise.all([servers.before.stop(), servers.now.stop()])
  }
  return rates
}

function report(commit: string, { before, now }: { before: number[]; now: number[] }): void {
  const change = (median(now) / median(before) - 1) * 100
  const figure = `${change >= 0 ? '+' : ''}${change.toFixed(1)} % calls a second against ${commit}`
  process.stdout.write(
    `${commit}: ${median(before).toFixed(0)} calls a second; now: ${median(now).toFixed(0)}, medians of ${ROUNDS} rounds\n${figure}\n`,
  )
  if (change >= -MAX_LOSS_PERCENT) measure('E11', figure)
  else process.exitCode = 1
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
