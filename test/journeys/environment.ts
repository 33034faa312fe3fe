import { Scalekit } from '@scalekit-sdk/node'
import { startLocalProgram } from '../harness/program.js'

/** The seeded environment for development, its web application, and that application's secret. */
export const ENVIRONMENT = 'env_100000000000000001'
export const CLIENT = { id: 'skc_100000000000000001', secret: 'test_local_secret' }

/** Organizations of the seed. */
export const ACME = 'org_100000000000000001'
export const GLOBEX = 'org_100000000000000002'
export const INITECH = 'org_100000000000000003'

/** A message of the outbox: what a mailbox would have received. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly link?: string
  readonly code?: string
}

/** The local environment as a developer runs it, in a process of its own, and what a developer does with it. */
export interface Environment {
  /** The environment's own URL: the issuer, and what the SDK is given. */
  readonly url: string
  /** Where the program listens. */
  readonly origin: string
  readonly sdk: Scalekit
  /**
   * A call of the REST API with the environment's credentials.
   *
   * @param path below `/api/v1`
   * @throws an Error with the answer's text when the status is 400 or more
   */
  api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** A call below `/__local`, as a tool makes it. */
  control<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** The newest message to an address; waits until there is one. */
  mail(to: string): Promise<Mail>
  /** A token of the API, as the environment's client has it. */
  token(): Promise<string>
  /**
   * Does something so many seconds later, by the environment's clock, which then goes on as before. The application has
   * its own: a token of then is from the future to it.
   */
  later<T>(seconds: number, step: () => Promise<T>): Promise<T>
  stop(): Promise<void>
}

/** Starts the program with nothing stored, on a free port. */
export async function startEnvironment(args: readonly string[] = []): Promise<Environment> {
  const program = await startLocalProgram(['--memory', ...args])
  return {
    ...environmentAt(program.url),
    async stop() {
      await program.stop()
    },
  }
}

/** The environment of a program that listens here already, such as `scalekit-mcp dev`. */
export function environmentAt(origin: string): Omit<Environment, 'stop'> {
  const url = `${origin}/${ENVIRONMENT}`
  const sdk = new Scalekit(url, CLIENT.id, CLIENT.secret)
  const token = async () => String(await sdk.generateClientToken(CLIENT.id, CLIENT.secret))

  const call = async (target: string, method: string, headers: Record<string, string>, body: unknown) => {
    const response = await fetch(target, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status >= 400) throw new Error(`${method} ${target}: ${response.status} ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }

  const control = (method: string, path: string, body?: unknown) =>
    call(`${origin}/__local${path}`, method, { 'x-scalekit-local': '1' }, body)

  return {
    url,
    origin,
    sdk,
    token,
    control,
    async api(method, path, body) {
      return call(`${url}/api/v1${path}`, method, { authorization: `Bearer ${await token()}` }, body)
    },
    async mail(to) {
      for (;;) {
        const { messages } = await control('GET', `/outbox?to=${encodeURIComponent(to)}`)
        const newest = messages.at(-1)
        if (newest) return newest
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async later(seconds, step) {
      await control('POST', '/clock', { advance: seconds })
      try {
        return await step()
      } finally {
        await control('DELETE', '/clock')
      }
    },
  }
}
