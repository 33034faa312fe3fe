import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { idOf, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest({ LEGACY_SESSIONS: '1' })
})
afterAll(() => server.close())

type Answer = { action: 'accept'; content: { name: string } } | { action: 'decline' }

/** A client whose person answers every question in the same way. Without an answer it cannot ask. */
async function connect(era: 'modern' | 'legacy', answer?: (message: string) => Answer) {
  const requestInit = { headers: { authorization: `Bearer ${await server.token()}` } }
  const capabilities = answer ? { elicitation: {} } : {}
  const questions: string[] = []
  const reply = (message: string) => {
    questions.push(message)
    return answer?.(message) ?? { action: 'decline' }
  }
  if (era === 'modern') {
    const client = new ModernClient(
      { name: 'test', version: '1' },
      { capabilities, versionNegotiation: { mode: 'auto' } },
    )
    if (answer) client.setRequestHandler('elicitation/create', async ({ params }) => reply(params.message))
    await client.connect(new ModernTransport(new URL(server.url), { requestInit }))
    return { client, questions }
  }
  const client = new LegacyClient({ name: 'test', version: '1' }, { capabilities })
  if (answer) client.setRequestHandler(ElicitRequestSchema, async ({ params }) => reply(params.message))
  await client.connect(new LegacyTransport(new URL(server.url), { requestInit }))
  return { client, questions }
}

describe.each(['modern', 'legacy'] as const)('a delete, asked by a %s client', (era) => {
  let id: string
  const organizations = { [DEV]: '', [PRD]: '' }
  beforeEach(async () => {
    for (const environmentId of [DEV, PRD] as const) {
      const created = await server.call('2026-07-28', 'create_organization', {
        environmentId,
        name: 'Acme "Rockets"',
      })
      organizations[environmentId] = idOf(created, 'organization')
    }
    id = organizations[PRD]
  })

  const remove = async (
    answer: ((message: string) => Answer) | undefined,
    environmentId = PRD,
    target = id,
  ) => {
    const { client, questions } = await connect(era, answer)
    const call = { name: 'delete_organization', arguments: { environmentId, organizationId: target } }
    const result = (await (client as ModernClient).callTool(call)) as {
      isError?: boolean
      content: { text: string }[]
    }
    await client.close()
    const body = JSON.parse(result.content[0]?.text ?? '{}')
    return { questions, result: body, code: result.isError ? (body.error.code as string) : 'ok' }
  }
  const exists = async () =>
    (await server.call('2026-07-28', 'get_organization_details', { environmentId: PRD, organizationId: id }))
      .ok

  test('goes on when a person types the name', async () => {
    const { questions, code } = await remove(() => ({
      action: 'accept',
      content: { name: 'Acme "Rockets"' },
    }))
    expect(code).toBe('ok')
    expect(questions).toEqual([expect.stringContaining(id)])
    expect(await exists()).toBe(false)
  })

  test('stops when another name is typed', async () => {
    const { code } = await remove(() => ({ action: 'accept', content: { name: 'Acme' } }))
    expect(code).toBe('confirmation_mismatch')
    expect(await exists()).toBe(true)
  })

  test('stops when the person declines', async () => {
    expect((await remove(() => ({ action: 'decline' }))).code).toBe('confirmation_declined')
    expect(await exists()).toBe(true)
  })

  test('is refused in PRD when the client cannot ask, and served in DEV', async () => {
    expect((await remove(undefined)).code).toBe('confirmation_unavailable')
    expect(await exists()).toBe(true)
    expect((await remove(undefined, DEV, organizations[DEV])).code).toBe('ok')
  })
})

describe('the state of a confirmation', () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  }
  const send = async (token: string, args: Record<string, unknown>, extra: Record<string, unknown> = {}) => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'delete_organization',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'delete_organization', arguments: args, _meta: meta, ...extra },
      }),
    })
    return (await response.json()) as {
      result?: { resultType: string; requestState?: string; content?: { text: string }[] }
      error?: { code: number }
    }
  }
  const accept = { confirmation: { action: 'accept', content: { name: 'Sealed' } } }
  const create = async () => {
    const created = await server.call('2026-07-28', 'create_organization', {
      environmentId: PRD,
      name: 'Sealed',
    })
    return idOf(created, 'organization')
  }

  test('is good for the caller and the arguments that it was made for, and for nothing else', async () => {
    const [first, second] = [await create(), await create()]
    const token = await server.token()
    const asked = await send(token, { environmentId: PRD, organizationId: first })
    const requestState = asked.result?.requestState ?? ''
    expect(asked.result?.resultType).toBe('input_required')

    const otherTarget = await send(
      token,
      { environmentId: PRD, organizationId: second },
      { requestState, inputResponses: accept },
    )
    expect(otherTarget.result?.resultType).toBe('input_required')

    const otherCaller = await server.token({ claims: { client_id: 'another_client' } })
    const stolen = await send(
      otherCaller,
      { environmentId: PRD, organizationId: first },
      { requestState, inputResponses: accept },
    )
    expect(stolen.error?.code).toBe(-32602)

    const flipped = `${requestState.slice(0, -2)}${requestState.endsWith('AA') ? 'BB' : 'AA'}`
    const tampered = await send(
      token,
      { environmentId: PRD, organizationId: first },
      { requestState: flipped, inputResponses: accept },
    )
    expect(tampered.error?.code).toBe(-32602)

    const done = await send(
      token,
      { environmentId: PRD, organizationId: first },
      { requestState, inputResponses: accept },
    )
    expect(JSON.parse(done.result?.content?.[0]?.text ?? '')).toEqual({ deleted: true })
  })
})
