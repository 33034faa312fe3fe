/** Where the time comes from: the wall clock, unless a test moves it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/**
 * A clock that goes on as another one does, from where it was put. It is whole seconds ahead, so that whoever
 * counts seconds by the other clock and adds them agrees with it.
 */
export interface MovableClock extends Clock {
  /** Moves it; a negative number of milliseconds moves it back. */
  advance(milliseconds: number): void
  /** Puts it at a time, in milliseconds since the epoch, or less than a second after it. */
  set(time: number): void
  /** Puts it back to the other clock. */
  restore(): void
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() }

export function createMovableClock(base: Clock): MovableClock {
  let ahead = 0
  return {
    now: () => base.now() + ahead,
    advance(milliseconds) {
      ahead += Math.round(milliseconds / 1000) * 1000
    },
    set(time) {
      ahead = Math.ceil((time - base.now()) / 1000) * 1000
    },
    restore() {
      ahead = 0
    },
  }
}

/** The time of a clock in whole seconds, as the claims of a token count it (RFC 7519, section 2, NumericDate). */
export function seconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}

/** How many seconds a clock is ahead of the machine's: what oidc-provider, which reads that one, has to be told. */
export function secondsAhead(clock: Clock): number {
  return Math.round((clock.now() - Date.now()) / 1000)
}
