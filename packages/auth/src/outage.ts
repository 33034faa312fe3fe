/** How long nothing is asked after a failure. */
const PAUSE_MS = 2_000
/** While one request tries whether the service answers again, the others do not wait for it. */
const TRIAL_MS = 10_000
/** One warning in this time, however many requests fail. */
const REPORT_MS = 60_000

export interface Outage {
  /** The answer; undefined when the service does not answer, at once while it is known to be out of reach. */
  watch<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined>
}

/**
 * Keeps an outage of introspection short for callers and quiet in the log: after a failure one request at a time tries
 * again, and a warning says how many requests went unchecked.
 */
export function createOutage(onWarning: (message: string, cause?: unknown) => void): Outage {
  /** 0: the service answers. */
  let askAgainAt = 0
  let unchecked = 0
  let reportedAt = Number.NEGATIVE_INFINITY
  let reported = false

  function failed(cause: unknown): undefined {
    askAgainAt = Date.now() + PAUSE_MS
    skipped()
    if (Date.now() - reportedAt < REPORT_MS) return
    reportedAt = Date.now()
    reported = true
    onWarning(
      `Introspection failed: writes are refused, reads are accepted on signature and expiry alone (${unchecked} so far)`,
      cause,
    )
  }

  function skipped(): undefined {
    unchecked++
  }

  function answered(): void {
    askAgainAt = 0
    if (!reported) return
    reported = false
    onWarning(`Introspection answers again; ${unchecked} requests were not checked`)
    unchecked = 0
  }

  return {
    async watch(ask) {
      if (askAgainAt > Date.now()) return skipped()
      if (askAgainAt > 0) askAgainAt = Date.now() + TRIAL_MS
      try {
        const answer = await ask()
        answered()
        return answer
      } catch (cause) {
        return failed(cause)
      }
    },
  }
}
