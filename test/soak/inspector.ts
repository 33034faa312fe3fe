import { WebSocket } from 'undici'

/** Looks into a running process by the inspector's protocol: it runs the same program as without. */
export interface Inspector {
  /** What is left of the heap after a collection; its own pause does not count as a delay of the loop. */
  heapMegabytes(): Promise<number>
  /** 99th percentile of the event loop's delay since the last reset. */
  loopDelayMilliseconds(): Promise<number>
  resetLoopDelay(): Promise<void>
  close(): void
}

const modules = "process.getBuiltinModule('node:perf_hooks')"

/** Connects to a process that was started with `--inspect` on a port. */
export async function openInspector(port: number): Promise<Inspector> {
  const targets = await (await fetch(`http://127.0.0.1:${port}/json`)).json()
  const [target] = targets as { webSocketDebuggerUrl: string }[]
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '')
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
  const waiting = new Map<number, (result: unknown) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown }
    if (id !== undefined) waiting.get(id)?.(result)
  })
  let last = 0
  const call = <Result>(method: string, params: object = {}) => {
    const id = ++last
    return new Promise<Result>((resolve) => {
      waiting.set(id, resolve as (result: unknown) => void)
      socket.send(JSON.stringify({ id, method, params }))
    })
  }
  const evaluate = async (expression: string) => {
    const { result } = await call<{ result: { value?: unknown } }>('Runtime.evaluate', { expression })
    return Number(result.value)
  }
  await evaluate(
    `globalThis.loopDelay = ${modules}.monitorEventLoopDelay({ resolution: 10 }); loopDelay.enable()`,
  )
  return {
    async heapMegabytes() {
      await evaluate('loopDelay.disable()')
      await call('HeapProfiler.collectGarbage')
      await evaluate('loopDelay.enable()')
      return (await call<{ usedSize: number }>('Runtime.getHeapUsage')).usedSize / 1e6
    },
    loopDelayMilliseconds: () => evaluate('loopDelay.percentile(99) / 1e6'),
    async resetLoopDelay() {
      await evaluate('loopDelay.reset()')
    },
    close: () => socket.close(),
  }
}
