import { fileURLToPath } from 'node:url'
import { figureOf } from './figures.js'
import { load } from './load.js'
import type { Running } from './running.js'
import { type Contender, contenders } from './servers.js'
import { workloads } from './workloads.js'

/**
 * How much more two processes of this server can do than one, by the processor time that an answer takes in each case:
 * on a machine with two cores the generator leaves no second one, so that answers per second would measure the generator.
 * It sleeps between answers here: one that never does holds a core, and takes it from the second process (1.6 times instead
 * of 2). Waking it costs the one process, which it waits for more often, some percent more than the two.
 */
export async function measureTwoProcesses(
  run: (contender: Contender) => Promise<Running>,
  rounds: number,
): Promise<number | undefined> {
  const one = contenders.find(({ name }) => name === 'this server')
  const workload = workloads.find(({ name, revision }) => name === 'tools/call' && revision === '2026-07-28')
  if (!one || !workload) return undefined
  const cluster = fileURLToPath(new URL('./servers/two-processes.js', import.meta.url))
  const servers = await Promise.all([one, { ...one, command: [process.execPath, cluster] }].map(run))
  const costs: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const [index, server] of servers.entries()) {
      const { port, process: measured } = server
      const shoot = workload.shoot(server)
      await load({ port, connections: 10, milliseconds: 600, shoot, sleeps: true })
      const before = measured.cpu()
      const { good } = await load({ port, connections: 10, milliseconds: 1_500, shoot, sleeps: true })
      costs[index as 0 | 1].push((measured.cpu() - before) / good)
    }
  }
  await Promise.all(servers.map(({ process: measured }) => measured.stop()))
  const [single, double] = costs.map((each) => figureOf(each).median)
  return (2 * (single ?? Number.NaN)) / (double ?? Number.NaN)
}
