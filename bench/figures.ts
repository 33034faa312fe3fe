export interface Figure {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Results {
  readonly date: string
  readonly node: string
  readonly machine: string
  readonly rounds: number
  readonly workloads: {
    readonly workload: string
    readonly revision?: string
    /** Whose requests they are: `plain`, or an agent's. */
    readonly client?: string
    readonly connections: number
    readonly server: string
    /** Processor time of the server per good answer. */
    readonly microseconds: Figure
    readonly perSecond: Figure
    /** Milliseconds. */
    readonly p99: Figure
    readonly wrong: number
  }[]
  readonly starts: { readonly server: string; readonly milliseconds: Figure }[]
  readonly memory: {
    readonly server: string
    readonly idleMegabytes: number
    readonly usedMegabytes: number
    readonly calls: number
    /** Of the heap after collection, per 100,000 calls. */
    readonly growthMegabytes: number
  }[]
  /** How many times more two processes of this server do than one. */
  twoProcesses?: number
}

/** What was measured, in words: `tools/call over 2026-07-28 from Codex`. */
export function titleOf({
  workload,
  revision,
  client,
}: Pick<Results['workloads'][number], 'workload' | 'revision' | 'client'>): string {
  const over = revision ? ` over ${revision}` : ''
  return `${workload}${over}${client && client !== 'plain' ? ` from ${client}` : ''}`
}

export function figureOf(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  }
}
