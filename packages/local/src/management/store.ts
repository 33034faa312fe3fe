import type { Clock } from '../engine/clock.js'
import type { Database } from '../engine/database.js'
import type { Outbox } from '../engine/outbox.js'
import type { FlowInterceptors } from '../flow-interceptors/flow-interceptors.js'
import type { Webhooks } from '../webhooks/webhooks.js'

/** What every handler works with. */
export interface Store {
  readonly database: Database
  readonly clock: Clock
  /** `http://localhost:PORT`, without a slash at the end. */
  readonly baseUrl: string
  /** Where messages to people go. */
  readonly outbox: Outbox
  /** Where applications are told what happened. */
  readonly webhooks: Webhooks
  /** Which applications decide whether a flow goes on. */
  readonly interceptors: FlowInterceptors
}
