import { setTimeout as wait } from 'node:timers/promises'
import { endsWithin } from '@scalekit-mcp/api'
import type { Outbox } from '../domain/events/outbox.js'
import type { Delivery, WebhookEndpoint, Webhooks } from '../domain/events/webhooks.js'
import type { Clock } from '../storage/clock.js'
import { newId } from '../storage/ids.js'
import { newWebhookSecret, signedHeaders } from './sign-webhook.js'

/** How long to wait before each of the three retries; shorter than live, where it is minutes. */
const RETRY_AFTER_MS = [200, 400, 800]
const ANSWER_MS = 10_000
const DELIVERIES_KEPT = 200
const EVENTS_KEPT = 500

/** An event as it was sent, so that it can be sent again. */
interface Emitted {
  readonly id: string
  readonly environment: string
  readonly payload: string
}

export function createWebhooks(clock: Clock, outbox: Outbox): Webhooks {
  let endpoints: WebhookEndpoint[] = []
  let deliveries: Delivery[] = []
  let events: Emitted[] = []
  let stop = new AbortController()

  return {
    addEndpoint(environment, url, secret = newWebhookSecret()) {
      const endpoint = { id: newId('wh'), environment, url, secret }
      endpoints = [...endpoints, endpoint]
      return endpoint
    },
    endpoints: () => [...endpoints],
    removeEndpoint(id) {
      const before = endpoints.length
      endpoints = endpoints.filter((endpoint) => endpoint.id !== id)
      return endpoints.length < before
    },
    deliveries: () => [...deliveries],
    emit({ id, environment, organization, type, object, data, at = clock.now() }) {
      const payload = JSON.stringify({
        ...{ spec_version: '1', id, type, occurred_at: new Date(at).toISOString() },
        ...{
          environment_id: environment,
          ...(organization && { organization_id: organization }),
          object,
          data,
        },
      })
      const to = receivers(environment)
        .map(({ url }) => url)
        .join(', ')
      outbox.put({ kind: 'webhook', environment, to: to || 'no endpoint', subject: type, text: payload })
      events = [...events, { id, environment, payload }].slice(-EVENTS_KEPT)
      send(id, environment, payload)
    },
    replay(id) {
      const event = events.find((one) => one.id === id)
      if (event !== undefined) send(id, event.environment, event.payload)
      return event !== undefined
    },
    clear() {
      stop.abort()
      stop = new AbortController()
      endpoints = []
      deliveries = []
      events = []
    },
  }

  function receivers(environment: string) {
    return endpoints.filter((endpoint) => endpoint.environment === environment)
  }

  function send(event: string, environment: string, payload: string): void {
    for (const endpoint of receivers(environment)) void deliver(endpoint, event, payload, stop.signal)
  }

  /** Until an answer is 2xx, or the retries are used up. */
  async function deliver(
    endpoint: WebhookEndpoint,
    event: string,
    payload: string,
    stopped: AbortSignal,
  ): Promise<void> {
    for (let attempt = 1; attempt <= RETRY_AFTER_MS.length + 1; attempt++) {
      const status = await post(endpoint, event, payload, stopped)
      if (stopped.aborted) return
      deliveries = [...deliveries, { event, endpoint: endpoint.id, attempt, status }].slice(-DELIVERIES_KEPT)
      if (status >= 200 && status < 300) return
      const pause = RETRY_AFTER_MS[attempt - 1]
      if (pause !== undefined) await wait(pause, undefined, { signal: stopped, ref: false }).catch(() => {})
      if (stopped.aborted) return
    }
  }
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
