import type { Clock } from '../engine/clock.js'
import type { Database } from '../engine/database.js'
import type { Outbox } from '../engine/outbox.js'

/** What every handler works with. */
export interface Store {
  readonly database: Database
  readonly clock: Clock
  /** `http://localhost:PORT`, without a slash at the end. */
  readonly baseUrl: string
  /** Where messages to people go. */
  readonly outbox: Outbox
}
