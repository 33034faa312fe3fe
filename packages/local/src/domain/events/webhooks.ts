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
}

/** Events for applications, in Scalekit's envelope. Endpoints live in the memory of this process. */
export interface Webhooks {
  addEndpoint(environment: string, url: string, secret?: string): WebhookEndpoint
  endpoints(): WebhookEndpoint[]
  /** Whether there was such an endpoint. */
  removeEndpoint(id: string): boolean
  deliveries(): Delivery[]
  /** Puts an event into the outbox, and sends it to every endpoint of its environment. Does not wait for them. */
  emit(event: WebhookEvent): void
  /** Sends an event of before again, to every endpoint of its environment. Says whether it is remembered. */
  replay(event: string): boolean
  /** Forgets endpoints and deliveries, and stops retrying. */
  clear(): void
}
