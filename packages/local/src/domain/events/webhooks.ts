import type { HappenedEvent } from './events.js'

/** Something that happened, with the id under which it is noted. */
export interface WebhookEvent extends HappenedEvent {
  readonly id: string
  /** When it happened, in milliseconds. Default: now. */
  readonly at?: number
}

export interface WebhookEndpoint {
  id: string
  environment: string
  url: string
  /** `whsec_…`, which the receiver checks signatures with. */
  secret: string
}

/** An attempt to deliver an event: the status of the answer, or 0 without one. */
export interface Delivery {
  event: string
  endpoint: string
  attempt: number
  status: number
  /** ISO 8601. */
  at: string
}

/** Events for applications, in Scalekit's envelope. Endpoints and what waits for a retry outlive the process. */
export interface Webhooks {
  addEndpoint(environment: string, url: string, secret?: string): Promise<WebhookEndpoint>
  endpoints(): Promise<WebhookEndpoint[]>
  /** Sends to another URL from then on. Whether there is such an endpoint. */
  changeEndpoint(id: string, url: string): Promise<boolean>
  /** Whether there was such an endpoint. */
  removeEndpoint(id: string): Promise<boolean>
  /** The attempts of this process. */
  deliveries(): Delivery[]
  /** Puts an event into the outbox, and sends it to every endpoint of its environment. Does not wait for them. */
  emit(event: WebhookEvent): Promise<void>
  /** Sends an event of before again, to every endpoint of its environment. Whether there is such an event. */
  replay(event: string): Promise<boolean>
  /** Goes on with what ended processes have left. */
  resume(): Promise<void>
  /** Ends attempts and pauses. What waits for a retry is left to the next process. */
  stop(): Promise<void>
  /** Forgets endpoints and deliveries, and stops retrying. */
  clear(): Promise<void>
}
