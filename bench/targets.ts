import type { Results } from './figures.js'

/** What was aimed at, what came out, and whether it is enough; undefined where it was not measured in this run. */
export interface Verdict {
  readonly what: string
  readonly target: string
  readonly measured: string
  readonly met: boolean | undefined
}

type Row = Results['workloads'][number]

const US = 'this server'
const RECIPE = 'SDK recipe'
const FLOOR = 'floor'
const REFERENCE = 'reference'

/** How many times less processor time per good answer than another server, at 10 connections: at least. */
const LESS_THAN: readonly [server: string, workload: string, times: number, connections?: number][] = [
  [RECIPE, 'tools/list', 20],
  [RECIPE, 'tools/call', 12],
  [RECIPE, 'tools/call with upstream', 8],
  [RECIPE, '401', 5],
  [RECIPE, 'metadata', 3],
  [REFERENCE, 'tools/list', 25],
  [REFERENCE, 'tools/call', 15],
  [REFERENCE, 'tools/call with upstream', 5, 1],
  [REFERENCE, 'tools/call with upstream', 30],
  [REFERENCE, '401', 7],
  [REFERENCE, 'metadata', 4],
]

/** How many times more than what any server must do: at most. */
const MORE_THAN_FLOOR: readonly [workload: string, times: number][] = [
  ['tools/list', 4],
  ['tools/call', 4],
  ['tools/call with upstream', 2],
  ['401', 3.5],
  ['metadata', 3.5],
]

const HOT = ['tools/list', 'tools/call', 'tools/call with upstream'] as const

/** Every target, held against one run. */
export function verdictsOf(results: Results): Verdict[] {
  return [
    ...LESS_THAN.flatMap(([server, workload, times, connections = 10]) =>
      pairs(results, server, workload, connections).map(({ ours, theirs, name }) =>
        verdict(
          `${name}, ${connections === 1 ? 'one connection' : `${connections} connections`}: processor time, against the ${server}`,
          `${times} times less`,
          theirs.microseconds.median / ours.microseconds.median,
          (measured) => measured >= times,
          'times less',
        ),
      ),
    ),
    ...MORE_THAN_FLOOR.flatMap(([workload, times]) =>
      pairs(results, FLOOR, workload, 10).map(({ ours, theirs, name }) =>
        verdict(
          `${name}, 10 connections: processor time, against the ${FLOOR}`,
          `at most ${times} times`,
          ours.microseconds.median / theirs.microseconds.median,
          (measured) => measured <= times,
          'times',
        ),
      ),
    ),
    ...HOT.flatMap((workload) =>
      pairs(results, RECIPE, workload, 100).map(({ ours, theirs, name }) =>
        verdict(
          `${name}, 100 connections: answers per second, against the ${RECIPE}`,
          '10 times more',
          ours.perSecond.median / theirs.perSecond.median,
          (measured) => measured >= 10,
          'times more',
        ),
      ),
    ),
    ...slowest(results),
    ...wholeProcess(results),
  ]
}

/** Our row beside another server's, in each era in which both were measured. */
function pairs({ workloads }: Results, server: string, workload: string, connections: number) {
  const rows = workloads.filter((row) => row.workload === workload && row.connections === connections)
  return rows
    .filter((row) => row.server === US)
    .flatMap((ours) => {
      const theirs = rows.find((row) => row.server === server && row.era === ours.era)
      return theirs ? [{ ours, theirs, name: nameOf(ours) }] : []
    })
}

/** The slowest of a hundred answers is quicker than at every peer. */
function slowest({ workloads }: Results): Verdict[] {
  const crowded = workloads.filter(({ connections }) => connections === 100)
  return crowded
    .filter((row) => row.server === US)
    .flatMap((ours) => {
      const peers = crowded.filter(
        (row) => row.workload === ours.workload && row.era === ours.era && ![US, FLOOR].includes(row.server),
      )
      if (peers.length === 0) return []
      const best = Math.min(...peers.map(({ p99 }) => p99.median))
      const met = ours.p99.median < best
      return [
        {
          what: `${nameOf(ours)}, 100 connections: 99 of 100 answers within`,
          target: `under ${best.toFixed(1)} ms, the quickest peer’s`,
          measured: `${ours.p99.median.toFixed(1)} ms`,
          met,
        },
      ]
    })
}

function wholeProcess({ workloads, starts, memory, twoProcesses }: Results): Verdict[] {
  const wrong = workloads.filter(({ server }) => server === US).reduce((sum, row) => sum + row.wrong, 0)
  const start = (server: string) => starts.find((each) => each.server === server)?.milliseconds.median
  const [ours, theirs] = [start(US), start(RECIPE)]
  const held = memory.find(({ server }) => server === US)
  return [
    verdict('Wrong answers', '0', wrong, (count) => count === 0, ''),
    verdict(
      `Cold start, against the ${RECIPE}`,
      'at most 1 time',
      ours !== undefined && theirs !== undefined ? ours / theirs : undefined,
      (measured) => measured <= 1,
      'times',
    ),
    verdict('Memory at rest', 'at most 110 MB', held?.idleMegabytes, (measured) => measured <= 110, 'MB'),
    verdict(
      'Growth of the heap, per 100,000 calls',
      'at most 1 MB',
      // Fewer calls say more of what was compiled meanwhile.
      held && held.calls >= 100_000 ? held.growthMegabytes : undefined,
      (measured) => measured <= 1,
      'MB',
    ),
    verdict(
      'Two processes, against one',
      '1.7 times more',
      twoProcesses,
      (measured) => measured >= 1.7,
      'times more',
    ),
  ]
}

function verdict(
  what: string,
  target: string,
  measured: number | undefined,
  isMet: (measured: number) => boolean,
  unit: string,
): Verdict {
  if (measured === undefined) return { what, target, measured: 'not measured', met: undefined }
  const digits = Number.isInteger(measured) ? 0 : measured < 10 ? 2 : 1
  return { what, target, measured: `${measured.toFixed(digits)} ${unit}`.trim(), met: isMet(measured) }
}

function nameOf({ workload, era }: Row): string {
  return era ? `\`${workload}\` over ${era}` : workload
}
