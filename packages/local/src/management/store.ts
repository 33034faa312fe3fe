import type { Clock } from '../engine/clock.js'
import type { Database } from '../engine/database.js'

/** What every handler works with. */
export interface Store {
  readonly database: Database
  readonly clock: Clock
  /** `http://localhost:PORT`, without a slash at the end. */
  readonly baseUrl: string
}
