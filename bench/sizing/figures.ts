import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { figureOf } from '../figures.js'
import { type Load, load } from '../load.js'
import type { Measured } from '../process.js'

/** What `docs/guides/sizing.md` is made of. */
export interface Sizing {
  readonly organizations: Run & { readonly sizes: readonly OrganizationsFigures[] }
  readonly callers: Run & {
    readonly firstCallMicroseconds: number
    readonly auditBytes: number
    readonly counts: readonly CallersFigures[]
  }
  readonly tools: Run & { readonly selections: readonly ToolsFigures[] }
}

interface Run {
  readonly date: string
  readonly node: string
  readonly machine: string
}

export interface OrganizationsFigures {
  readonly organizations: number
  readonly startMilliseconds: number
  readonly residentMegabytes: number
  readonly diskMegabytes: number
  readonly operations: readonly (Operation & { readonly name: string })[]
}

export interface CallersFigures extends Operation {
  readonly callers: number
  readonly residentMegabytes: number
}

export interface ToolsFigures extends Operation {
  readonly query: string
  readonly tools: number
  readonly bytes: number
}

export interface Operation {
  /** Processor time of the server for one answer. */
  readonly microseconds: number
  /** Milliseconds until the answer is there, half of them and 99 of 100. */
  readonly p50: number
  readonly p99: number
}

const file = fileURLToPath(new URL('../../docs/sizing.json', import.meta.url))

/** Where and when. */
export const thisRun = (): Run => ({
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  machine: `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}`,
})

/** Replaces parts of docs/sizing.json and keeps the others. */
export function record(parts: Partial<Sizing>): void {
  const known: Sizing = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, `${JSON.stringify({ ...known, ...parts }, null, 2)}\n`)
}

/** Loads a server in three rounds after one that warms it; every answer has to be right. The median counts. */
export async function measured(server: Measured, what: Load): Promise<Operation> {
  await load({ ...what, milliseconds: what.milliseconds / 2 })
  const rounds: Operation[] = []
  for (let round = 0; round < 3; round++) {
    const before = server.cpu()
    const { good, wrong, p50, p99 } = await load(what)
    if (wrong > 0 || good === 0) throw new Error(`${wrong} wrong answers, ${good} right ones`)
    rounds.push({ microseconds: ((server.cpu() - before) * 1000) / good, p50, p99 })
  }
  const median = (pick: (round: Operation) => number) => figureOf(rounds.map(pick)).median
  return {
    microseconds: Math.round(median((round) => round.microseconds)),
    p50: Number(median((round) => round.p50).toFixed(2)),
    p99: Number(median((round) => round.p99).toFixed(2)),
  }
}
