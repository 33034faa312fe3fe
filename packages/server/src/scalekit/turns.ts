/** Runs a task when the tasks before it with the same key have ended, well or not. */
export type Turns = <Value>(key: string, task: () => Promise<Value>) => Promise<Value>

/**
 * Makes the queues of one server: a task per key at a time, for what the API can only read and then write
 * whole. They order this process only; another replica is met by reading again. Every task ends, since every
 * call has a deadline, and a key without tasks is forgotten.
 */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>()
  return (key, task) => {
    const result = (last.get(key) ?? Promise.resolve()).then(task)
    const leave = () => {
      if (last.get(key) === left) last.delete(key)
    }
    const left = result.then(leave, leave)
    last.set(key, left)
    return result
  }
}
