import type { AddressInfo } from 'node:net'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import {
  AuthError,
  type Caller,
  callerOf,
  createHttpServer,
  type ProtectOptions,
  protect,
  Secret,
} from '@scalekit-mcp/auth'
import { createLocalScalekit, type LocalScalekit, type Seed } from '@scalekit-mcp/local'
import express from 'express'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'

type Protection = ReturnType<typeof protect>

const ENVIRONMENT = 'env_100000000000000001'
const ORGANIZATION = 'org_100000000000000001'
const ASSISTANT = 'res_100000000000000011'
const NOTES = 'res_100000000000000012'
const PAYROLL = 'res_100000000000000013'
const ANA = 'usr_100000000000000101'
const CLIENT = { id: 'skc_100000000000000001', secret: 'test_local_secret' }

interface RunningServer {
  readonly url: string
  readonly protection: Protection
  /** The callers of the tool calls that reached the server. */
  readonly callers: Caller[]
  close(): Promise<unknown>
}

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] })

/** Two MCP servers in one environment: the assistant calls the notes for its users. Payroll is there, and not for the assistant. */
describe('a tool that calls another MCP server on behalf of the user', () => {
  let local: LocalScalekit
  let assistant: RunningServer
  let notes: RunningServer
  const payroll = 'http://127.0.0.1:9/payroll'

  beforeAll(async () => {
    const apps = { assistant: await listen(), notes: await listen() }
    local = await createLocalScalekit({
      memory: true,
      port: 0,
      seed: seedWith(apps.assistant.url, apps.notes.url, payroll),
    })
    await fetch(`${local.url}/${ENVIRONMENT}/keys`)
    notes = serve(apps.notes, NOTES, { tools: { list_notes: ['notes:read'] } }, (server, { tool }) => {
      server.registerTool(
        'list_notes',
        {},
        tool('list_notes', () => text('Buy milk')),
      )
    })
    const exchange = { clientId: CLIENT.id, clientSecret: new Secret(CLIENT.secret) }
    const options = { tools: { ask: ['assistant:use'] }, exchange }
    assistant = serve(apps.assistant, ASSISTANT, options, (server, { tool, onBehalfOf }) => {
      const inputSchema = z.strictObject({ audience: z.string(), scopes: z.array(z.string()) })
      server.registerTool(
        'ask',
        { inputSchema },
        tool('ask', async (target, ctx) => {
          const token = await onBehalfOf(ctx, target).catch((error: unknown) => {
            if (error instanceof AuthError) return error
            throw error
          })
          if (token instanceof AuthError) return text(`${token.code} ${token.detail}`)
          return text(await call(target.audience, token.reveal(), 'list_notes'))
        }),
      )
    })
  })
  afterAll(async () => {
    await assistant.close()
    await notes.close()
    await local.close()
  })

  function serve(
    { app, url, close }: Awaited<ReturnType<typeof listen>>,
    resourceId: string,
    options: Partial<ProtectOptions>,
    register: (server: McpServer, protection: Protection) => void,
  ): RunningServer {
    const callers: Caller[] = []
    const protection = protect(app, {
      resource: url,
      scalekit: { environmentUrl: `${local.url}/${ENVIRONMENT}`, resourceId },
      scopes: [],
      now: () => local.now(),
      ...options,
    })
    const handle = toNodeHandler(
      createMcpHandler(() => {
        const server = new McpServer({ name: 'test', version: '1.0.0' })
        register(server, protection)
        return server
      }),
    )
    app.post(protection.path, (req, res) => {
      if (req.body?.method === 'tools/call') callers.push(callerOf(req))
      return handle(req, res, req.body)
    })
    return {
      ...{ url, protection, callers },
      close() {
        protection.close()
        return close()
      },
    }
  }

  async function control(path: string, body: object): Promise<Record<string, string>> {
    const headers = { 'x-scalekit-local': '1', 'content-type': 'application/json' }
    const response = await fetch(`${local.url}/__local${path}`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify(body),
    })
    return (await response.json()) as Record<string, string>
  }

  async function tokenOfAna(seconds = 3600): Promise<string> {
    const scopes = ['assistant:use']
    const asked = { subject: 'ana@acme.example', resource: ASSISTANT, scopes, expires_in: seconds }
    return String((await control('/tokens', asked)).access_token)
  }

  const ask = (token: string, audience: string, ...scopes: string[]) =>
    call(assistant.url, token, 'ask', { audience, scopes })
  const lastCaller = () => notes.callers.at(-1)

  test('reaches it with a token of its own: the same user, for that server, with the scopes that it asked for', async () => {
    const token = await tokenOfAna()
    expect(await ask(token, notes.url, 'notes:read')).toBe('Buy milk')
    expect(lastCaller()).toMatchObject({
      subject: ANA,
      organizationId: ORGANIZATION,
      clientId: CLIENT.id,
      audience: [notes.url, NOTES],
      claims: { act: { sub: CLIENT.id } },
    })
    expect([...(lastCaller()?.scopes ?? [])]).toEqual(['notes:read'])
    expect(lastCaller()?.token.reveal()).not.toBe(token)
    // The user's own token is not for that server.
    await expect(call(notes.url, token, 'list_notes')).rejects.toThrow(/401|[Uu]nauthorized|not valid here/)
  })

  test('the token is used again by this user for these scopes, and by nobody else', async () => {
    const idOf = async (token: string, ...scopes: string[]) => {
      await ask(token, notes.url, ...scopes)
      return lastCaller()?.tokenId
    }
    const token = await tokenOfAna()
    const first = await idOf(token, 'notes:read')
    expect(first).toBeDefined()
    expect(await idOf(token, 'notes:read')).toBe(first)
    expect(await idOf(token, 'notes:read', 'notes:write')).not.toBe(first)
    expect(await idOf(await tokenOfAna(), 'notes:read')).not.toBe(first)
    notes.callers.length = 0
    const fresh = await tokenOfAna()
    await Promise.all(Array.from({ length: 5 }, () => ask(fresh, notes.url, 'notes:read')))
    expect(notes.callers).toHaveLength(5)
    expect(new Set(notes.callers.map(({ tokenId }) => tokenId)).size).toBe(1)
  })

  test('it is replaced shortly before it expires', async () => {
    const token = await tokenOfAna(24 * 3600)
    await ask(token, notes.url, 'notes:read')
    const { tokenId, expiresAt = 0 } = lastCaller() ?? {}
    const left = expiresAt - Math.floor(local.now() / 1000)
    expect(left).toBeGreaterThan(3500)
    await control('/clock', { advance: left - 60 })
    await ask(token, notes.url, 'notes:read')
    expect(lastCaller()?.tokenId).toBe(tokenId)
    await control('/clock', { advance: 55 })
    await ask(token, notes.url, 'notes:read')
    expect(lastCaller()?.tokenId).not.toBe(tokenId)
    expect(lastCaller()?.expiresAt).toBeGreaterThan(expiresAt)
  })

  test('it ends with the token of the user at the latest', async () => {
    await ask(await tokenOfAna(120), notes.url, 'notes:read')
    const left = (lastCaller()?.expiresAt ?? 0) - Math.floor(local.now() / 1000)
    expect(left).toBeLessThanOrEqual(120)
  })

  test('is refused for a server that the seed does not allow, and for more scopes than it allows', async () => {
    const token = await tokenOfAna()
    expect(await ask(token, payroll, 'payroll:read')).toBe('exchange_refused invalid_target')
    expect(await ask(token, 'https://other.example/mcp', 'notes:read')).toBe(
      'exchange_refused invalid_target',
    )
    expect(await ask(token, notes.url, 'notes:admin')).toBe('exchange_refused invalid_scope')
    expect(await ask(token, notes.url, 'notes:read', 'payroll:read')).toBe('exchange_refused invalid_scope')
  })

  test('is not possible without the option, and for no caller', async () => {
    const context = { authInfo: { extra: { caller: lastCaller() } } }
    const target = { audience: notes.url, scopes: [] }
    await expect(notes.protection.onBehalfOf(context, target)).rejects.toThrow(
      'Set exchange, with clientId and clientSecret, in the options of mcpAuth',
    )
    await expect(assistant.protection.onBehalfOf({}, target)).rejects.toMatchObject({ code: 'missing_token' })
  })
})

async function listen() {
  const app = express()
  const server = createHttpServer(app)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    app,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    close() {
      server.closeAllConnections()
      return new Promise((closed) => server.close(closed))
    },
  }
}

/** Calls a tool with the official client, and returns its text. */
async function call(
  url: string,
  token: string,
  name: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  try {
    const { content } = await client.callTool({ name, arguments: args })
    return (content as { text: string }[])[0]?.text ?? ''
  } finally {
    await client.close()
  }
}

function seedWith(assistant: string, notes: string, payroll: string): Seed {
  return {
    version: 1,
    workspace: {},
    environments: [
      {
        id: ENVIRONMENT,
        display_name: 'Development',
        type: 'DEV',
        clients: [{ id: CLIENT.id, secrets: [{ value: CLIENT.secret }] }],
        mcp_servers: [
          {
            id: ASSISTANT,
            name: 'Assistant',
            url: assistant,
            scopes: ['assistant:use'],
            data: { may_exchange_for: { [NOTES]: ['notes:read', 'notes:write'] } },
          },
          { id: NOTES, name: 'Notes', url: notes, scopes: ['notes:read', 'notes:write', 'notes:admin'] },
          { id: PAYROLL, name: 'Payroll', url: payroll, scopes: ['payroll:read'] },
        ],
        organizations: [{ id: ORGANIZATION, display_name: 'Acme' }],
        users: [{ id: ANA, email: 'ana@acme.example', memberships: [{ organization: ORGANIZATION }] }],
      },
    ],
  }
}
