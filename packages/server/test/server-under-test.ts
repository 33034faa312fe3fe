import { isDeepStrictEqual } from 'node:util'
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit as ScalekitSdk } from '@scalekit-sdk/node'
import { freePort, mintToken } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { loadConfig } from '../src/config/config.js'
import type { Timeouts } from '../src/config/timeouts.js'
import { startServer } from '../src/main.js'
import { createLog } from '../src/observe/log.js'
import type { ToolDefinition } from '../src/tool.js'
import { tools as productTools } from '../src/tools/index.js'

export const eras = ['2026-07-28', '2025-11-25'] as const
export type Era = (typeof eras)[number]

/** What a client sees of a call. */
export interface Answer {
  readonly ok: boolean
  readonly result: Record<string, unknown> | undefined
  readonly error: { code: string; message: string; nextStep: string } | undefined
}

/** How the person at a client answers what a call asks. */
export type Person = (
  message: string,
) => { action: 'accept'; content: { name: string } } | { action: 'decline' }

/** Types the name that the last line of the question asks for. */
export const typesTheName: Person = (message) => ({
  action: 'accept',
  content: { name: /^To confirm, type the name(?: of \S+)?: (.*)$/m.exec(message)?.[1] ?? '' },
})

export interface ServerUnderTest {
  readonly url: string
  /** What its tokens are for. */
  readonly resource: string
  readonly local: LocalScalekit
  readonly log: string[]
  token(request?: Record<string, unknown>): Promise<string>
  /**
   * Calls a tool with the official client of an era. The default caller is an administrator with all scopes,
   * whose client cannot ask a person unless one is given.
   */
  call(
    era: Era,
    tool: string,
    args?: Record<string, unknown>,
    options?: { token?: string; query?: string; person?: Person },
  ): Promise<Answer>
  /** The official SDK with the credentials of an environment, past this server. */
  sdk(environmentId: string): ScalekitSdk
  /** Reads the API by REST, past this server: that of an environment, or of the workspace as its administrator. */
  read(
    path: string,
    environmentId?: string,
    headers?: Record<string, string>,
  ): Promise<Record<string, unknown>>
  /** Everything that the local environment has, as a seed file would have it. */
  state(): Promise<unknown>
  /** How many requests the local environment has answered whose path contains this; by default those of the management API. */
  upstreamRequests(path?: string): Promise<number>
  close(): Promise<void>
}

export const allScopes = ['workspace', 'environment', 'organization'].flatMap((each) => [
  `${each}:read`,
  `${each}:write`,
])

/** The id of the object that a call created. */
export function idOf(answer: Answer, object: string): string {
  const created = answer.result?.[object] as { id?: string } | undefined
  if (!created?.id) throw new Error(`no ${object} was created: ${JSON.stringify(answer.error)}`)
  return created.id
}

/** The items that a list answered. */
export function itemsOf(answer: Answer): { readonly [field: string]: unknown; readonly id: string }[] {
  if (!answer.result) throw new Error(`no list: ${JSON.stringify(answer.error)}`)
  return answer.result.items as { id: string }[]
}

/** Their ids. */
export function idsOf(answer: Answer): string[] {
  return itemsOf(answer).map(({ id }) => id)
}

/** Another administrator of the workspace than the default caller. @returns the e-mail address */
export async function addAdministrator(server: ServerUnderTest): Promise<string> {
  const email = 'another.admin@example.com'
  const args = { email, role: 'ADMIN' }
  idOf(await server.call('2026-07-28', 'invite_workspace_member', args, { person: typesTheName }), 'member')
  return email
}

/** For tests that are not about time. */
export const patient: Timeouts = {
  call: 60_000,
  answer: 60_000,
  handOff: 900_000,
  wait: 25_000,
  administrator: 60_000,
  revocation: 60_000,
  connect: 30_000,
  silence: 30_000,
}

/** On a busy machine the first read of the keys may miss its deadline. Until they are known, a request gets 503. */
export async function untilKeysKnown(url: string): Promise<void> {
  while ((await fetch(new URL('/ready', url))).status !== 200) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/**
 * The real server in front of the real local environment, in this process, on free ports.
 *
 * @param env variables, or what makes them once the local environment is there
 * @param replicaOf another server whose local environment and name (resource) this one shares; close this one first
 * @param now the time by which tokens and sessions expire
 * @param timeouts ten times those of the product, so that a busy machine fails no call; give others where they matter
 */
export async function startServerUnderTest(
  env: Record<string, string> | ((localUrl: string) => Promise<Record<string, string>>) = {},
  tools?: readonly ToolDefinition[],
  replicaOf?: ServerUnderTest,
  timeouts: Timeouts = patient,
  now?: () => number,
): Promise<ServerUnderTest> {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const resource = replicaOf?.resource ?? url
  const local =
    replicaOf?.local ?? (await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource }))
  const log: string[] = []
  const config = loadConfig(
    {
      ...localEnvironment(local, resource),
      PORT: String(port),
      AUDIT_FILE: 'none',
      ALLOWED_HOSTS: `localhost:${port}`,
      ...(typeof env === 'function' ? await env(local.url) : env),
    },
    {},
  )
  const server = await startServer(
    { ...config, timeouts },
    createLog('debug', { write: (line) => void log.push(line) }),
    tools,
    now,
  ).catch(async (error: unknown) => {
    if (!replicaOf) await local.close()
    throw error
  })
  await untilKeysKnown(url)
  const token = (request: Record<string, unknown> = {}) =>
    mintToken({ localUrl: local.url }, { scopes: allScopes, resource, ...request })
  return {
    url,
    resource,
    local,
    log,
    token,
    async call(era, tool, args = {}, options = {}) {
      const bearer = options.token ?? (await token())
      const target = new URL(url + (options.query ?? ''))
      const requestInit = { headers: { authorization: `Bearer ${bearer}` } }
      const client = era === '2026-07-28' ? modernClient(options.person) : legacyClient(options.person)
      const transport =
        era === '2026-07-28'
          ? new ModernTransport(target, { requestInit })
          : new LegacyTransport(target, { requestInit })
      await (client as ModernClient).connect(transport as ModernTransport)
      try {
        return answer(tool, await (client as ModernClient).callTool({ name: tool, arguments: args }))
      } finally {
        await client.close()
      }
    },
    sdk: (environmentId) =>
      new ScalekitSdk(
        `${local.url}/${environmentId}`,
        environmentId.replace('env_', 'skc_'),
        'test_local_secret',
      ),
    async read(path, environmentId, headers = {}) {
      const realm = environmentId ?? 'workspace'
      const bearer = await token({
        resource: `${local.url}/${realm}`,
        ...(environmentId && { subject: undefined, client_id: environmentId.replace('env_', 'skc_') }),
      })
      const response = await fetch(`${local.url}/${realm}/api/v1/${path}`, {
        headers: { authorization: `Bearer ${bearer}`, ...headers },
      })
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as Record<string, unknown>
    },
    async state() {
      const response = await fetch(`${local.url}/__local/state`, { headers: { 'x-scalekit-local': '1' } })
      return response.json()
    },
    async upstreamRequests(part = '/api/') {
      const response = await fetch(`${local.url}/__local/requests`, { headers: { 'x-scalekit-local': '1' } })
      const { requests } = (await response.json()) as { requests: { path: string }[] }
      return requests.filter(({ path }) => path.includes(part)).length
    },
    async close() {
      await server.stop()
      if (!replicaOf) await local.close()
    },
  }
}

function modernClient(person: Person | undefined): ModernClient {
  const client = new ModernClient(
    { name: 'test', version: '1' },
    { capabilities: person ? { elicitation: {} } : {}, versionNegotiation: { mode: 'auto' } },
  )
  if (person) client.setRequestHandler('elicitation/create', async ({ params }) => person(params.message))
  return client
}

function legacyClient(person: Person | undefined): LegacyClient {
  const client = new LegacyClient(
    { name: 'test', version: '1' },
    { capabilities: person ? { elicitation: {} } : {} },
  )
  if (person) client.setRequestHandler(ElicitRequestSchema, async ({ params }) => person(params.message))
  return client
}

/** Reads a result, which must match the tool's own output schema: the list of tools does not repeat it. */
function answer(tool: string, result: unknown): Answer {
  const { isError, structuredContent, content } = result as {
    isError?: boolean
    structuredContent?: Record<string, unknown>
    content: { type: string; text: string }[]
  }
  const text = JSON.parse(content[0]?.text ?? 'null')
  if (!isError && JSON.stringify(text) !== JSON.stringify(structuredContent)) {
    throw new Error('the text is not the same object as structuredContent')
  }
  const output = productTools.find(({ name }) => name === tool)?.output
  if (!isError && output && !isDeepStrictEqual(output.parse(structuredContent), structuredContent)) {
    throw new Error(`the result of ${tool} does not match its output schema`)
  }
  return { ok: !isError, result: structuredContent, error: isError ? text.error : undefined }
}
