import { readFileSync } from 'node:fs'
import { type Results, titleOf } from '../../bench/figures.js'
import { type Verdict, verdictsOf } from '../../bench/targets.js'
import { type BarGroup, barChart } from './bar-chart.js'

const results: Results = JSON.parse(
  readFileSync(new URL('../../docs/performance.json', import.meta.url), 'utf8'),
)
const servers = [...new Set(results.workloads.map(({ server }) => server))]

/** `docs/performance.md`, from what `npm run bench` measured. */
export function performancePage(): string {
  const verdicts = verdictsOf(results)
  const met = verdicts.filter((verdict) => verdict.met)
  const missed = verdicts.filter((verdict) => verdict.met === false)
  const open = verdicts.filter((verdict) => verdict.met === undefined)
  return `# Performance

What an answer of the server costs, beside what the same tools cost on the MCP SDK as its documents say (*SDK recipe*: the Express
app, bearer check and metadata router of the SDK, with jose), on FastMCP, and beside the least that any server must do (*floor*:
\`node:http\`, a ready-made answer, a remembered token check).
All run with the same tokens, in one run, in turns; every answer is checked. This server has its log, metrics, limits and audit on.

\`npm run bench -- --json docs/performance.json\`, ${results.date}, Node ${results.node}, ${results.machine}; ${results.rounds} rounds, medians.
Processor time of the server for each good answer counts: time on the clock moves with what else the machine does. The load
never sleeps, so that no server pays for waking it, and lets the API go first on the core that they share.

![Processor time of a good answer at 10 connections](images/performance-cpu.svg)

## Targets

**${met.length} met, ${missed.length} missed${open.length > 0 ? `, ${open.length} not measured` : ''}.**

| what | target | measured | |
|---|---|---|---|
${verdicts.map(rowOf).join('\n')}

## Processor time of a good answer

Microseconds, median (least to most); answers per second; 99 of 100 within.

${[1, 10, 100]
  .filter((count) => results.workloads.some((row) => row.connections === count))
  .map(tableOf)
  .join('\n\n')}

## Start and memory

| | ${servers.join(' | ')} |
|---|${'---|'.repeat(servers.length)}
| cold start to the first answer, ms | ${servers.map((server) => whole(results.starts.find((each) => each.server === server)?.milliseconds.median)).join(' | ')} |
| memory at rest, MB | ${servers.map((server) => whole(results.memory.find((each) => each.server === server)?.idleMegabytes)).join(' | ')} |
| memory after ${results.memory[0]?.calls.toLocaleString('en') ?? 0} calls, MB | ${servers.map((server) => whole(results.memory.find((each) => each.server === server)?.usedMegabytes)).join(' | ')} |

![Cold start and memory](images/performance-start.svg)

Two processes are compared by the processor time of an answer, on a machine whose second core makes the load, which sleeps there
between answers: one that never does would hold the core that the second process needs. Waking it costs the one process more often, so the figure is
some percent too good.
`
}

/** The pictures of the page, by path. */
export function performancePlots(): Record<string, string> {
  return {
    'docs/images/performance-cpu.svg': barChart({
      title:
        'Processor time of a good answer, 10 connections, microseconds, logarithmic scale (shorter is better)',
      groups: groupsAt(10),
    }),
    'docs/images/performance-start.svg': barChart({
      title: 'Cold start, milliseconds, logarithmic scale (shorter is better)',
      groups: [
        {
          name: 'cold start',
          bars: results.starts.map(({ server, milliseconds }) => [server, milliseconds.median]),
        },
      ],
    }),
  }
}

function groupsAt(connections: number): BarGroup[] {
  return namesAt(connections).map(({ name, rows }) => ({
    name,
    bars: rows.map(({ server, microseconds }) => [server, microseconds.median]),
  }))
}

function namesAt(connections: number) {
  const rows = results.workloads.filter((row) => row.connections === connections)
  const names = [...new Set(rows.map(titleOf))]
  return names.map((name) => ({ name, rows: rows.filter((row) => titleOf(row) === name) }))
}

function tableOf(connections: number): string {
  const cell = (server: string, rows: Results['workloads']) => {
    const row = rows.find((each) => each.server === server)
    if (!row) return '–'
    const { microseconds, perSecond, p99, wrong } = row
    const note = wrong > 0 ? `; **${wrong} wrong**` : ''
    return `${whole(microseconds.median)} (${whole(microseconds.min)} to ${whole(microseconds.max)}); ${whole(perSecond.median)}/s; ${p99.median.toFixed(1)} ms${note}`
  }
  return `| ${connections === 1 ? 'one connection' : `${connections} connections`} | ${servers.join(' | ')} |
|---|${'---|'.repeat(servers.length)}
${namesAt(connections)
  .map(({ name, rows }) => `| ${name} | ${servers.map((server) => cell(server, rows)).join(' | ')} |`)
  .join('\n')}`
}

function rowOf({ what, target, measured, met }: Verdict): string {
  return `| ${what} | ${target} | ${measured} | ${met === undefined ? 'not measured' : met ? 'met' : '**missed**'} |`
}

function whole(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(0)
}
