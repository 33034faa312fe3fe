import { readFileSync } from 'node:fs'
import type { Sizing } from '../../bench/sizing/figures.js'

/** Cores of a replica may be this busy at the peak, so that one may be missing and nobody waits. */
const BUSY = 0.7

/** `docs/guides/sizing.md`, from what `bench/sizing` measured. */
export function sizingPage(): string {
  const { organizations, callers, tools }: Sizing = JSON.parse(
    readFileSync(new URL('../../docs/sizing.json', import.meta.url), 'utf8'),
  )
  const usual = callers.counts.find((each) => each.callers === 100) ?? fail()
  const [one, most] = [callers.counts[0] ?? fail(), callers.counts.at(-1) ?? fail()]
  const full = tools.selections.find(({ query }) => query === '') ?? fail()
  const narrow = tools.selections[0] ?? fail()
  const [small, big] = [organizations.sizes[0] ?? fail(), organizations.sizes.at(-1) ?? fail()]
  const perSecond = Math.floor(1_000_000 / usual.microseconds)
  const cores = (rate: number) => Math.ceil(rate / (perSecond * BUSY))

  return `# Sizing

What one core serves, what grows with callers, tools and organizations, and what to do for ten times more. All figures are
measured, on a machine that did other work too: take them as what you have at least. Processor time counts, since it says what a core
can do; the other figures are beside it.

## The MCP server: what one core serves

A process uses one core. One call of a tool that asks the management API costs ${ms(usual.microseconds)} of it, with log, metrics, limits and
audit on: **${count(perSecond)} calls a second for each core**, of which we would plan with ${BUSY * 100} of 100. The first call of a caller
costs ${ms(callers.firstCallMicroseconds)}: its token is checked, and exchanged for one of the management API.

| callers | processor time of a call | calls a second of a core | half within | 99 of 100 within | memory |
|---|---|---|---|---|---|
${callers.counts
  .map(
    (row) =>
      `| ${count(row.callers)} | ${ms(row.microseconds)} | ${count(Math.floor(1_000_000 / row.microseconds))} | ${row.p50} ms | ${row.p99} ms | ${row.residentMegabytes} MB |`,
  )
  .join('\n')}

${source('npm run bench:callers', callers)} Ten connections, MCP 2026-07-28, in front of a management API that costs little.

* **Callers** cost memory: ${most.residentMegabytes - one.residentMegabytes} MB more for ${count(most.callers)} than for one. 10,000 checked tokens are kept for a minute each; beyond that,
  more calls cost what a first call costs.
* **Tools** cost what their list weighs, in bytes for the client's model first of all:

| connection | tools | bytes of the list | processor time of \`tools/list\` |
|---|---|---|---|
${tools.selections.map(({ query, tools, bytes, microseconds }) => `| \`/mcp${query}\` | ${tools} | ${count(bytes)} | ${ms(microseconds)} |`).join('\n')}

  A model that works with organizations only reads ${Math.round((100 * narrow.bytes) / full.bytes)} of 100 bytes with \`${narrow.query}\`.
* **Organizations** cost the MCP server nothing: lists are pages of at most 100.
* **The audit log** grows by ${count(callers.auditBytes)} bytes a call: ${gigabytes(callers.auditBytes * 1_000_000)} for a million calls. Nothing removes it; copy it
  elsewhere as it grows.

## Ten times more

1. Count the calls a second of the busiest minute: \`sum(rate(scalekit_mcp_request_duration_seconds_count{place="mcp"}[1m]))\` in [the metrics](operator.md#watch).
2. Cores: the calls divided by ${count(Math.floor(perSecond * BUSY))}. For 100 calls a second that is ${cores(100)}, for 1,000 it is ${cores(1_000)}; then one replica more, so that one may fail.
3. One replica for each core, 192 MB asked for and 384 MB allowed, as in [the manifests](../../deploy/k8s/scalekit-mcp.yaml), which add replicas by
   themselves at 70 of 100. Replicas need [\`REDIS_URL\` and \`STATE_KEY\`](operator.md#more-than-one), and share nothing else.
4. Ask what the management API allows: a call of a tool is one request to it or a few. \`REQUESTS_PER_MINUTE\` bounds each caller.
5. Measure your own: \`npm run bench:callers\` on the machine that it shall run on.

## The local environment: organizations

It is made for development and tests, and for a team; one process, one core. Each organization has one user here.

| | ${organizations.sizes.map((size) => count(size.organizations)).join(' | ')} |
|---|${organizations.sizes.map(() => '---|').join('')}
${small.operations
  .map(
    ({ name }, index) =>
      `| ${name} | ${organizations.sizes.map(({ operations }) => cell(operations[index] ?? fail())).join(' | ')} |`,
  )
  .join('\n')}
| start until the first token | ${organizations.sizes.map((size) => `${count(size.startMilliseconds)} ms`).join(' | ')} |
| memory | ${organizations.sizes.map((size) => `${size.residentMegabytes} MB`).join(' | ')} |
| on the disk | ${organizations.sizes.map((size) => `${size.diskMegabytes} MB`).join(' | ')} |

Processor time of one answer, and in brackets within how long half of them and 99 of 100 were there.
${source('npm run bench:organizations', organizations)} Over REST, one after the other, with an embedded database on the disk.

Pages are found by their key, so the middle of a list costs what its start does. A list also counts its entries, and a search reads
every row: with ${count(big.organizations)} organizations they take longer, and everybody else waits for them, as there is one thread. With
\`--database-url\`, PostgreSQL does that work in processes of its own.

Made from \`docs/sizing.json\` by \`npm run generate\`.
`
}

const count = (value: number) => value.toLocaleString('en-US')
const ms = (microseconds: number) => `${(microseconds / 1000).toFixed(2)} ms`
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`
const cell = ({ microseconds, p50, p99 }: { microseconds: number; p50: number; p99: number }) =>
  `${ms(microseconds)} (${p50.toFixed(1)}, ${p99.toFixed(1)})`
const source = (command: string, { date, node, machine }: { date: string; node: string; machine: string }) =>
  `\`${command}\`, ${date}, Node ${node}, ${machine}.`

function fail(): never {
  throw new Error('docs/sizing.json lacks figures: run the benchmarks that it is made of')
}
