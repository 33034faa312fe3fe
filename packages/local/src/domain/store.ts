import type { Clock } from '../storage/clock.js'
import type { Database } from '../storage/database.js'
import type { Outbox } from './events/outbox.js'
import type { FlowInterceptors } from '../notify/flow-interceptors.js'
import type { Webhooks } from '../notify/webhooks.js'

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
