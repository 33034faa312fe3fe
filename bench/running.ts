import type { Measured } from './process.js'
import type { Contender } from './servers.js'
import type { BenchCaller } from './workloads.js'

/** A server that answers, with callers that it knows. */
export interface Running {
  readonly contender: Contender
  readonly port: number
  readonly host: string
  readonly process: Measured
  readonly callers: readonly BenchCaller[]
}
