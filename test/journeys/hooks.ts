import { raw } from 'express'
import type { Application } from './application.js'
import { ENVIRONMENT, type Environment } from './environment.js'

/** An event in Scalekit's envelope. */
export interface Event {
  readonly id: string
  readonly type: string
  readonly object: string
  readonly organization_id?: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A message that the SDK has verified, with the bytes that were signed. */
export interface Verified<Body> {
  readonly headers: Record<string, string>
  readonly payload: string
  readonly body: Body
}

/** An endpoint of the application that Scalekit calls. */
export interface Hook<Body> {
  readonly id: string
  readonly secret: string
  /** Every message, oldest first. */
  readonly received: Verified<Body>[]
  /** Waits for a message like this; of several, the first. */
  until(like: (body: Body) => boolean): Promise<Verified<Body>>
  /** Forgets what has been received. */
  forget(): void
}

/** What an endpoint answers: a status, with a body; or nothing, ever. */
export type Reply = { status: number; body?: object } | 'silence'

/** Receives webhooks as the guide teaches it: verifies the bytes with the SDK, and answers 2xx at once. */
export function receiveWebhooks(
  environment: Environment,
  app: Application,
  reply: (message: Verified<Event>) => Reply = () => ({ status: 204 }),
): Promise<Hook<Event>> {
  const path = `/webhooks/${crypto.randomUUID()}`
  const register = { environment: ENVIRONMENT, url: app.origin + path }
  const verify = environment.sdk.verifyWebhookPayload.bind(environment.sdk)
  return open(environment, app, { path, register: ['/webhooks', register], verify, reply })
}

/** The question that Scalekit asks before it goes on. */
export interface Question {
  readonly trigger_point: string
  readonly interceptor_context: Readonly<Record<string, unknown>>
  readonly data: Readonly<Record<string, unknown>>
}

/** Answers an interceptor: what `decide` says, of what the SDK has verified. */
export function intercept(
  environment: Environment,
  app: Application,
  trigger_point: string,
  decide: (question: Question) => object | 'silence',
  settings: Record<string, unknown> = {},
): Promise<Hook<Question>> {
  const path = `/interceptors/${crypto.randomUUID()}`
  const register = { environment: ENVIRONMENT, trigger_point, api_url: app.origin + path, ...settings }
  const verify = environment.sdk.verifyInterceptorPayload.bind(environment.sdk)
  const reply = ({ body }: Verified<Question>): Reply => {
    const decision = decide(body)
    return decision === 'silence' ? decision : { status: 200, body: decision }
  }
  return open(environment, app, { path, register: ['/interceptors', register], verify, reply })
}

interface Endpoint<Body> {
  readonly path: string
  readonly register: readonly [path: string, body: Record<string, unknown>]
  verify(secret: string, headers: Record<string, string>, payload: string): boolean
  reply(message: Verified<Body>): Reply
}

async function open<Body>(
  environment: Environment,
  app: Application,
  { path, register, verify, reply }: Endpoint<Body>,
): Promise<Hook<Body>> {
  const received: Verified<Body>[] = []
  let waiting: (() => void)[] = []
  const { id, secret } = await environment.control<{ id: string; secret: string }>('POST', ...register)
  app.routes.post(path, raw({ type: '*/*' }), (request, response) => {
    const headers = request.headers as Record<string, string>
    const payload = String(request.body)
    if (!verify(secret, headers, payload)) return response.sendStatus(401)
    const message = { headers, payload, body: JSON.parse(payload) as Body }
    received.push(message)
    const answer = reply(message)
    if (answer !== 'silence') response.status(answer.status).json(answer.body)
    for (const wake of waiting.splice(0)) wake()
  })
  return {
    id,
    secret,
    received,
    async until(like) {
      for (;;) {
        const found = received.find(({ body }) => like(body))
        if (found) return found
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
    forget() {
      received.length = 0
      waiting = []
    },
  }
}
