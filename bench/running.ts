import type { Measured } from './process.js'
import type { Contender } from './servers.js'
import type { Target } from './workloads.js'

/** A server that answers, with callers that it knows. */
export interface Running extends Target {
  readonly contender: Contender
  readonly port: number
  readonly process: Measured
}
