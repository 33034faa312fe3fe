import { WebSocket } from 'undici'
import { benchPort } from './bench-port.js'
import type { Results } from './figures.js'
import { load } from './load.js'
import type { Running } from './running.js'
import type { Contender } from './servers.js'
import { workloads } from './workloads.js'

/** A slow server makes fewer calls instead of holding up the others. */
const LONGEST_MS = 80_000
const REST_MS = 10_000

/** Resident memory at rest and after many calls, and how much the heap grows by, seen in the second half of them. */
export async function measureMemory(
  contenders: readonly Contender[],
  run: (contender: Contender, nodeOptions: string) => Promise<Running>,
  calls: number,
): Promise<Results['memory']> {
  const rows: Results['memory'] = []
  const atRest = await residentAtRest(contenders, run)
  const workload = workloads.find(({ name, revision }) => name === 'tools/call' && revision === '2026-07-28')
  for (const contender of contenders.filter((each) => workload && each.serves(workload, 10))) {
    const inspector = await benchPort()
    const server = await run(contender, `--inspect=127.0.0.1:${inspector}`)
    const shoot = workload?.shoot(server)
    if (!shoot) continue
    let made = 0
    const half = async () => {
      const until = performance.now() + LONGEST_MS / 2
      for (const before = made; made - before < calls / 2 && performance.now() < until; ) {
        made += (await load({ port: server.port, connections: 10, milliseconds: 1_000, shoot })).good
      }
      return heapMegabytes(inspector)
    }
    const middle = await half()
    const halfMade = made
    const end = await half()
    rows.push({
      server: contender.name,
      idleMegabytes: atRest.get(contender.name) ?? Number.NaN,
      usedMegabytes: server.process.residentMegabytes(),
      calls: made,
      growthMegabytes: ((end - middle) * 100_000) / (made - halfMade),
    })
    await server.process.stop()
  }
  return rows
}

/** Some seconds after the start, without an inspector: what the start left behind may be collected by then. */
async function residentAtRest(
  contenders: readonly Contender[],
  run: (contender: Contender, nodeOptions: string) => Promise<Running>,
): Promise<ReadonlyMap<string, number>> {
  const servers = await Promise.all(
    contenders.map(async (contender) => ({ contender, server: await run(contender, '') })),
  )
  await new Promise((resolve) => setTimeout(resolve, REST_MS))
  const resident = servers.map(
    ({ contender, server }) => [contender.name, server.process.residentMegabytes()] as const,
  )
  for (const { server } of servers) await server.process.stop()
  return new Map(resident)
}

/** What is left of the heap after a collection, by the inspector's protocol. */
async function heapMegabytes(port: number): Promise<number> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
    webSocketDebuggerUrl: string
  }[]
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '')
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
  const call = (id: number, method: string) =>
    new Promise<{ usedSize: number }>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data))
        if (message.id === id) resolve(message.result)
      })
      socket.send(JSON.stringify({ id, method }))
    })
  await call(1, 'HeapProfiler.collectGarbage')
  const { usedSize } = await call(2, 'Runtime.getHeapUsage')
  socket.close()
  return usedSize / 1e6
}
