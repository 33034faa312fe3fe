/** Where the time comes from: the wall clock, unless a test moves it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() }

/** The time of a clock in whole seconds, as the claims of a token count it (RFC 7519, section 2, NumericDate). */
export function seconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}
