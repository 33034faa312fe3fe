/** Runs at most `max` tasks at a time, the others in the order in which they came. */
export function createTurns(max: number): <Value>(task: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running === max) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await task()
    } finally {
      // The turn passes on to the next task, or is free again.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
