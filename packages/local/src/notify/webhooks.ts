import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { endsWithin } from '@scalekit-mcp/api/ends-within'
import { findEvent } from '../domain/events/note-event.js'
import type { Outbox } from '../domain/events/outbox.js'
import type { Delivery, WebhookEndpoint, WebhookEvent, Webhooks } from '../domain/events/webhooks.js'
import { reportFailure } from '../http/report-failure.js'
import type { Clock } from '../storage/clock.js'
import { createControlState } from '../storage/control-state.js'
import type { Database } from '../storage/database.js'
import { newId } from '../storage/ids.js'
import type { PendingDeliveryRow } from '../storage/schema.js'
import { createPendingDeliveries } from './pending-deliveries.js'
import { newWebhookSecret, signedHeaders } from './sign-webhook.js'

/** How long to wait before each of the three retries; shorter than live, where it is minutes. */
const RETRY_AFTER_MS = [200, 400, 800]
const ANSWER_MS = 10_000
const DELIVERIES_KEPT = 200

export interface WebhookParts {
  readonly database: Database
  readonly clock: Clock
  readonly outbox: Outbox
}

export function createWebhooks({ database, clock, outbox }: WebhookParts): Webhooks {
  const endpoints = createControlState<WebhookEndpoint>(database, 'webhook_endpoint')
  const pending = createPendingDeliveries(database)
  const running = new Set<Promise<void>>()
  let deliveries: Delivery[] = []
  let stopping = createStopping()

  return {
    async addEndpoint(environment, url, secret = newWebhookSecret()) {
      const endpoint = { id: newId('wh'), environment, url, secret }
      await endpoints.add(endpoint)
      return endpoint
    },
    endpoints: () => endpoints.list(),
    changeEndpoint: (id, url) => endpoints.change(id, (endpoint) => ({ ...endpoint, url })),
    removeEndpoint: (id) => endpoints.remove(id),
    deliveries: () => [...deliveries],
    async emit(event) {
      const { environment, type } = event
      const to = await receivers(environment)
      const text = envelope(event, clock)
      const urls = to.map(({ url }) => url).join(', ') || 'no endpoint'
      await outbox.put({ kind: 'webhook', environment, to: urls, subject: type, text, event: event.id })
      await send(to, event.id, text)
    },
    async replay(id) {
      const event = await findEvent(database.db, id)
      if (event !== undefined) await send(await receivers(event.environment), id, envelope(event, clock))
      return event !== undefined
    },
    async resume() {
      const left = await pending.take()
      if (left.length === 0) return
      const known = await endpoints.list()
      for (const delivery of left) {
        const endpoint = known.find(({ id }) => id === delivery.endpoint)
        if (endpoint) start(endpoint, delivery)
        else await pending.remove(delivery.id)
      }
    },
    stop,
    async clear() {
      await stop()
      stopping = createStopping()
      await endpoints.clear()
      await pending.clear()
      deliveries = []
    },
  }

  async function stop(): Promise<void> {
    stopping.abort()
    await Promise.all(running)
  }

  async function receivers(environment: string): Promise<WebhookEndpoint[]> {
    return (await endpoints.list()).filter((endpoint) => endpoint.environment === environment)
  }

  async function send(to: readonly WebhookEndpoint[], event: string, payload: string): Promise<void> {
    for (const endpoint of to) start(endpoint, await pending.add({ event, endpoint: endpoint.id, payload }))
  }

  function start(endpoint: WebhookEndpoint, delivery: PendingDeliveryRow): void {
    const delivering: Promise<void> = deliver(endpoint, delivery, stopping.signal)
      .catch(reportFailure)
      .finally(() => running.delete(delivering))
    running.add(delivering)
  }

  /** Until an answer is 2xx, or the retries are used up. */
  async function deliver(
    endpoint: WebhookEndpoint,
    { id, event, payload, attempt: next }: PendingDeliveryRow,
    stopped: AbortSignal,
  ): Promise<void> {
    for (let attempt = next; attempt <= RETRY_AFTER_MS.length + 1; attempt++) {
      const status = await post(endpoint, event, payload, stopped)
      // An answer that came before the stop is final.
      if (stopped.aborted && status === 0) return pending.release(id)
      const at = new Date(clock.now()).toISOString()
      deliveries = [...deliveries, { event, endpoint: endpoint.id, attempt, status, at }].slice(
        -DELIVERIES_KEPT,
      )
      if (status >= 200 && status < 300) break
      const pause = RETRY_AFTER_MS[attempt - 1]
      if (pause === undefined) break
      await pending.failed(id, attempt)
      await wait(pause, undefined, { signal: stopped, ref: false }).catch(() => {})
      if (stopped.aborted) return pending.release(id)
    }
    await pending.remove(id)
  }
}

/** Every delivery in progress listens to it: any number may. */
function createStopping(): AbortController {
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal)
  return stopping
}

/** The body of a webhook. The same event has the same body, whenever it is sent. */
function envelope(
  { id, environment, organization, type, object, data, at }: WebhookEvent,
  clock: Clock,
): string {
  return JSON.stringify({
    ...{ spec_version: '1', id, type, occurred_at: new Date(at ?? clock.now()).toISOString() },
    environment_id: environment,
    ...(organization && { organization_id: organization }),
    ...{ object, data },
  })
}

async function post(
  { url, secret }: WebhookEndpoint,
  event: string,
  payload: string,
  stopped: AbortSignal,
): Promise<number> {
  // The receiver compares the time with its own clock, which nobody here has moved.
  const headers = signedHeaders('webhook', secret, event, Math.floor(Date.now() / 1000), payload)
  const signal = endsWithin(ANSWER_MS, stopped)
  try {
    const response = await fetch(url, { method: 'POST', headers, body: payload, redirect: 'manual', signal })
    await response.body?.cancel()
    return response.status
  } catch {
    // No answer: refused, too late, or stopped. The list of deliveries says so.
    return 0
  }
}
