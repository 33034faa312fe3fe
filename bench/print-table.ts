import { type Results, titleOf } from './figures.js'

/** One line per workload and number of connections, one column per server: microseconds of processor time per good answer. */
export function printTable({ workloads, starts, memory, node, machine, rounds }: Results): void {
  const servers = [...new Set(workloads.map(({ server }) => server))]
  const lines = [...new Set(workloads.map((row) => `${titleOf(row)}|${row.connections}`))]
  const out = [
    `Node ${node}, ${machine}, ${rounds} rounds: µs of processor time per good answer, median (min to max); answers per second; wrong answers`,
    ['workload', 'connections', ...servers].join('\t'),
    ...lines.map((line) => {
      const [title, connections] = line.split('|')
      const cells = servers.map((server) => {
        const row = workloads.find(
          (each) =>
            each.server === server && titleOf(each) === title && each.connections === Number(connections),
        )
        if (!row) return '–'
        const { median, min, max } = row.microseconds
        return `${median.toFixed(0)} (${min.toFixed(0)} to ${max.toFixed(0)}) ${row.perSecond.median.toFixed(0)}/s${row.wrong ? ` ${row.wrong} WRONG` : ''}`
      })
      return [title, connections, ...cells].join('\t')
    }),
    ...starts.map(
      ({ server, milliseconds }) => `cold start\t${server}\t${milliseconds.median.toFixed(0)} ms`,
    ),
    ...memory.map(
      (each) =>
        `memory\t${each.server}\tidle ${each.idleMegabytes.toFixed(0)} MB, after ${each.calls} calls ${each.usedMegabytes.toFixed(0)} MB, heap ${each.growthMegabytes.toFixed(2)} MB per 100,000`,
    ),
  ]
  process.stdout.write(`${out.join('\n')}\n`)
}
