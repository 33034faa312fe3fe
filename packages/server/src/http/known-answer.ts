import { setTimeout as sleep } from 'node:timers/promises'

/** How long the very first answer waits for the check, which on a healthy network takes less. */
const FIRST_MS = 250

/**
 * The latest result of a check that runs in the background: nobody waits for a party that hangs. Each call starts a new
 * check unless one is running, so that the next answer is current.
 */
export function createKnownAnswer(check: () => Promise<boolean>): () => Promise<boolean> {
  let known: boolean | undefined
  let running: Promise<boolean> | undefined
  const run = async (): Promise<boolean> => {
    known = await check().catch(() => false)
    running = undefined
    return known
  }
  return async () => {
    running ??= run()
    known ??= await Promise.race([running, sleep(FIRST_MS, false)])
    return known
  }
}
