import { type Results, titleOf } from './figures.js'

/** What was aimed at, what came out, and whether it is enough; undefined where it was not measured in this run. */
export interface Verdict {
  readonly what: string
  readonly target: string
  readonly measured: string
  readonly met: boolean | undefined
}

const US = 'this server'
const RECIPE = 'SDK recipe'
const FLOOR = 'floor'
const REFERENCE = 'reference'

const LIST = 'tools/list'
const CALL = 'tools/call'
const UPSTREAM = 'tools/call with upstream'
const WRITE = 'tools/call that writes'

type Times = readonly [workload: string, times: number]

/**
 * How many times less processor time per good answer than the recipe, at least, and how many times more than what any server
 * must do, at most; both at 10 connections. Node 24 makes what the recipe does cheaper.
 */
const TIMES: Readonly<
  Record<'node20' | 'later', { readonly recipe: readonly Times[]; readonly floor: readonly Times[] }>
> = {
  node20: {
    recipe: [
      [LIST, 20],
      [CALL, 12],
      [UPSTREAM, 8],
      [WRITE, 4],
      ['401', 5],
      ['metadata', 3],
    ],
    floor: [
      [LIST, 4],
      [CALL, 4],
      [UPSTREAM, 2],
      ['401', 3.5],
      ['metadata', 3.5],
    ],
  },
  later: {
    recipe: [
      [LIST, 50],
      [CALL, 8],
      [UPSTREAM, 5],
      [WRITE, 4],
      ['401', 3],
      ['metadata', 1.3],
    ],
    floor: [
      [LIST, 1],
      [CALL, 2],
      [UPSTREAM, 1.6],
      ['401', 1.8],
    ],
  },
}

/** Times less than the reference at one connection; it does not answer more than one at a time. */
const LESS_THAN_REFERENCE: readonly Times[] = [
  [LIST, 25],
  [UPSTREAM, 8],
  ['401', 6],
]

/** How much more an agent's request may take than the plain one. */
const AGENT_TIMES = 1.5

const HOT = [LIST, CALL, UPSTREAM] as const

/** Every target, held against one run. */
export function verdictsOf(results: Results): Verdict[] {
  const { recipe, floor } = TIMES[results.node.startsWith('v20.') ? 'node20' : 'later']
  return [
    ...recipe.flatMap(([workload, times]) => lessThan(results, RECIPE, workload, times, 10)),
    ...LESS_THAN_REFERENCE.flatMap(([workload, times]) => lessThan(results, REFERENCE, workload, times, 1)),
    ...floor.flatMap(([workload, times]) =>
      pairs(results, FLOOR, workload, 10).map(({ ours, theirs }) =>
        verdict(
          `${titleOf(ours)}, 10 connections: processor time, against the ${FLOOR}`,
          `at most ${times} times`,
          ours.microseconds.median / theirs.microseconds.median,
          (measured) => measured <= times,
          'times',
        ),
      ),
    ),
    ...agentsBesidePlain(results),
    ...HOT.flatMap((workload) =>
      pairs(results, RECIPE, workload, 100).map(({ ours, theirs }) =>
        verdict(
          `${titleOf(ours)}, 100 connections: answers per second, against the ${RECIPE}`,
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

function lessThan(
  results: Results,
  server: string,
  workload: string,
  times: number,
  connections: number,
): Verdict[] {
  return pairs(results, server, workload, connections).map(({ ours, theirs }) =>
    verdict(
      `${titleOf(ours)}, ${connections === 1 ? 'one connection' : `${connections} connections`}: processor time, against the ${server}`,
      `${times} times less`,
      theirs.microseconds.median / ours.microseconds.median,
      (measured) => measured >= times,
      'times less',
    ),
  )
}

/** What an agent adds to a request costs this server little. */
function agentsBesidePlain({ workloads }: Results): Verdict[] {
  const rows = workloads.filter(({ server, connections }) => server === US && connections === 10)
  return rows.flatMap((row) => {
    // Before 2026-07-28 requests of all revisions have one form.
    const before = row.revision === '2026-07-28' ? row.revision : '2025-11-25'
    const plain = rows.find(
      (each) => each.workload === row.workload && each.client === 'plain' && each.revision === before,
    )
    if (!plain || row.client === undefined || row.client === 'plain') return []
    return [
      verdict(
        `${titleOf(row)}, 10 connections: processor time, against the plain request`,
        `at most ${AGENT_TIMES} times`,
        row.microseconds.median / plain.microseconds.median,
        (measured) => measured <= AGENT_TIMES,
        'times',
      ),
    ]
  })
}

/** Our row beside another server's, for each request that both were sent. */
function pairs({ workloads }: Results, server: string, workload: string, connections: number) {
  const rows = workloads.filter((row) => row.workload === workload && row.connections === connections)
  return rows
    .filter((row) => row.server === US)
    .flatMap((ours) => {
      const theirs = rows.find((row) => row.server === server && titleOf(row) === titleOf(ours))
      return theirs ? [{ ours, theirs }] : []
    })
}

/** The slowest of a hundred answers is quicker than at every peer. */
function slowest({ workloads }: Results): Verdict[] {
  const crowded = workloads.filter(({ connections }) => connections === 100)
  return crowded
    .filter((row) => row.server === US)
    .flatMap((ours) => {
      const peers = crowded.filter(
        (row) =>
          row.workload === ours.workload &&
          row.revision === ours.revision &&
          ![US, FLOOR].includes(row.server),
      )
      if (peers.length === 0) return []
      const best = Math.min(...peers.map(({ p99 }) => p99.median))
      const met = ours.p99.median < best
      return [
        {
          what: `${titleOf(ours)}, 100 connections: 99 of 100 answers within`,
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
