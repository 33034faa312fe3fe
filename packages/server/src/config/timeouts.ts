/** How long this server waits, in milliseconds: for a person, and for Scalekit. */
export interface Timeouts {
  /** One call of a tool, its reads of the confirmation's target included. */
  readonly call: number
  /** A person whom a call asks. */
  readonly answer: number
  /** A person at a page of this server, from the call until the page is left. */
  readonly handOff: number
  /** One `wait_for_hand_off`: clients and proxies give up a call after half a minute or a minute. */
  readonly wait: number
  /** The reads that decide whether a caller administers the environment. */
  readonly administrator: number
  /** Each of two attempts to learn whether a token was revoked. */
  readonly revocation: number
  /** A connection. */
  readonly connect: number
  /** The first byte of an answer, and each silence in it. */
  readonly silence: number
}

/** Those of the product. No variable sets them: a call ends before the six seconds after which clients and gateways give up. */
export const timeouts: Timeouts = {
  call: 5_500,
  answer: 300_000,
  handOff: 900_000,
  wait: 25_000,
  administrator: 5_000,
  revocation: 3_000,
  connect: 1_000,
  silence: 2_500,
}
