import { WebSocket } from 'undici'
import type { Results } from './figures.js'
import { load } from './load.js'
import type { Measured } from './process.js'
import type { Contender } from './servers.js'
import { type BenchCaller, workloads } from './workloads.js'

interface Running {
  readonly port: number
  readonly host: string
  readonly process: Measured
  readonly callers: readonly BenchCaller[]
}

/** Resident memory at rest and after many calls, and how much the heap grows by, seen in the second half of them. */
export async function measureMemory(
  contenders: readonly Contender[],
  run: (contender: Contender, nodeOptions: string) => Promise<Running>,
  calls: number,
): Promise<Results['memory']> {
  const rows: Results['memory'] = []
  const workload = workloads.find(({ name, era }) => name === 'tools/call' && era === '2026-07-28')
  for (const contender of contenders.filter((each) => workload && each.serves(workload))) {
    const inspector = 20_000 + Math.floor(Math.random() * 10_000)
    const server = await run(contender, `--inspect=127.0.0.1:${inspector}`)
    const idleMegabytes = server.process.residentMegabytes()
    const shoot = workload?.shoot(server.host, server.callers)
    if (!shoot) continue
    const half = async () => {
      for (let made = 0; made < calls / 2; ) {
        made += (await load({ port: server.port, connections: 10, milliseconds: 1_000, shoot })).good
      }
      return heapMegabytes(inspector)
    }
    const middle = await half()
    const end = await half()
    rows.push({
      server: contender.name,
      idleMegabytes,
      usedMegabytes: server.process.residentMegabytes(),
      calls,
      growthMegabytes: ((end - middle) * 200_000) / calls,
    })
    await server.process.stop()
  }
  return rows
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
