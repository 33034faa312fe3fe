import { Scalekit } from '@scalekit-sdk/node'
import { createLocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'

export const DEV = 'env_100000000000000001'
export const PRD = 'env_100000000000000002'
export const ACME = 'org_100000000000000001'
export const GLOBEX = 'org_100000000000000002'
const SECRET = 'test_local_secret'
const MEMBER_SCOPES = ['workspace:write', 'environment:write', 'organization:write']

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there
  readonly body: any
}

/** A local environment with its seed, the official SDK for it, and tokens of every kind. */
export async function startLocal() {
  let ahead = 0
  const local = await createLocalScalekit({
    ...(await emptyStorage()),
    port: 0,
    clock: { now: () => Date.now() + ahead },
  })

  async function tokenFor(claims: Record<string, unknown>): Promise<string> {
    const response = await fetch(`${local.url}/__local/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-scalekit-local': '1' },
      body: JSON.stringify(claims),
    })
    const { access_token } = (await response.json()) as { access_token: string }
    return `Bearer ${access_token}`
  }

  async function rest(
    method: string,
    path: string,
    { token, body, headers = {} }: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const response = await fetch(local.url + path, {
      method,
      headers: { ...(token && { authorization: token }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }

  return {
    url: local.url,
    database: local.database,
    rest,
    sdk: (environment: string) =>
      new Scalekit(`${local.url}/${environment}`, environment.replace('env_', 'skc_'), SECRET),
    client: (environment: string) =>
      tokenFor({ client_id: environment.replace('env_', 'skc_'), resource: `${local.url}/${environment}` }),
    admin: () =>
      tokenFor({ subject: 'admin@example.com', resource: `${local.url}/workspace`, scopes: MEMBER_SCOPES }),
    viewer: () =>
      tokenFor({ subject: 'viewer@example.com', resource: `${local.url}/workspace`, scopes: MEMBER_SCOPES }),
    session: (user: string) => tokenFor({ subject: user, resource: `${local.url}/${DEV}` }),
    tokenFor,
    /** Moves the clock of the local environment. */
    wait: (milliseconds: number) => {
      ahead += milliseconds
    },
    reset() {
      ahead = 0
      return local.reset()
    },
    close: () => local.close(),
  }
}

export type Local = Awaited<ReturnType<typeof startLocal>>
