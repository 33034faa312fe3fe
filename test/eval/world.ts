import type { Seed } from '@scalekit-mcp/local'
import { mintToken, startDev } from '../harness/program.js'

export type EnvironmentState = NonNullable<Seed['environments']>[number]

export interface SentMessage {
  readonly kind: string
  readonly environment: string
  readonly to: string
  readonly subject: string
  readonly at: string
}

export const DEVELOPMENT = 'env_100000000000000001'
export const PRODUCTION = 'env_100000000000000002'

/** A local environment of its own, as seeded, with the real server in front of it. */
export interface World {
  readonly mcpUrl: string
  readonly localUrl: string
  /** A token for the MCP server, with all scopes. */
  token(email: string): Promise<string>
  state(environmentId?: string): Promise<EnvironmentState>
  /** E-mails and webhooks, oldest first. */
  outbox(): Promise<readonly SentMessage[]>
  /** The management API of an environment, past the MCP server. */
  api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  close(): Promise<void>
}

const scopes = ['workspace', 'environment', 'organization'].flatMap((each) => [
  `${each}:read`,
  `${each}:write`,
])
const control = { 'x-scalekit-local': '1' }

export async function startWorld(): Promise<World> {
  const program = await startDev({ env: { LOG_LEVEL: 'warn', REQUESTS_PER_MINUTE: '10000' } })
  const { url: mcpUrl, localUrl } = program
  const read = async (path: string): Promise<unknown> =>
    (await fetch(`${localUrl}/__local/${path}`, { headers: control })).json()
  return {
    mcpUrl,
    localUrl,
    token: (email) => mintToken(program, { subject: email, resource: mcpUrl, scopes }),
    async state(environmentId = DEVELOPMENT) {
      const { environments = [] } = (await read('state')) as Seed
      const found = environments.find(({ id }) => id === environmentId)
      if (!found) throw new Error(`The state has no ${environmentId}.`)
      return found
    },
    outbox: async () => ((await read('outbox')) as { messages: SentMessage[] }).messages,
    async api(method, path, body) {
      const environment = `${localUrl}/${DEVELOPMENT}`
      const client = { subject: undefined, client_id: DEVELOPMENT.replace('env_', 'skc_') }
      const token = await mintToken(program, { ...client, resource: environment })
      const response = await fetch(`${environment}/api/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as Record<string, unknown>
    },
    async close() {
      await program.stop()
    },
  }
}
