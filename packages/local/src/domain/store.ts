import type { Clock } from '../storage/clock.js'
import type { Database } from '../storage/database.js'
import type { SigningKeys } from '../storage/keys.js'
import type { AgentTools } from './agent-tools/agent-tools.js'
import type { DnsRecords } from './domains/dns-records.js'
import type { FlowInterceptors } from './events/flow-interceptor.js'
import type { Outbox } from './events/outbox.js'
import type { Webhooks } from './events/webhooks.js'

/** Where rows are kept, and by which clock they expire. */
export interface DataStore {
  readonly database: Database
  readonly clock: Clock
}

/** What every entrance works with. */
export interface Store extends DataStore {
  /** `http://localhost:PORT`, without a slash at the end. */
  readonly baseUrl: string
  /** Where messages to people go. */
  readonly outbox: Outbox
  /** Where applications are told what happened. */
  readonly webhooks: Webhooks
  /** The TXT records of this machine, which prove domains. */
  readonly dns: DnsRecords
  /** Which applications decide whether a flow goes on. */
  readonly interceptors: FlowInterceptors
  /** What signs tokens, by realm. */
  readonly keys: SigningKeys
  /** What agents call on behalf of users. */
  readonly agentTools: AgentTools
}
