import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { tools } from '../src/tools/index.js'
import { sampleArguments } from './sample-arguments.js'
import { idOf, type ServerUnderTest, startServerUnderTest, typesTheName } from './server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

/** Objects of the seed in the PRD environment. */
const prdObjects = {
  organizationId: 'org_100000000000000011',
  userId: 'usr_100000000000000111',
  clientId: 'skc_100000000000000002',
  connectionId: 'conn_100000000000000011',
  name: 'member',
  roleName: 'member',
  permissions: ['projects:write'],
  permission: 'projects:read',
}

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
    expect((await remove(undefined)).code).toBe('person_needed')
    expect(await exists()).toBe(true)
    expect((await remove(undefined, DEV, organizations[DEV])).code).toBe('ok')
  })
})

/** Why nobody is asked. What is added here needs the same care as a right. */
const unconfirmed = {
  create_environment_scope: 'A scope allows nothing until an MCP server or a client has it.',
  create_organization: 'A new organization has no users and no connections, so nobody can sign in to it.',
  create_organizations: 'A new organization has no users and no connections, so nobody can sign in to it.',
  create_permission: 'A permission allows nothing until a role has it.',
  update_permission: 'Only the description changes.',
}

describe('a write in a PRD environment', () => {
  test('waits for a person, whatever the tool, unless the tool says why it need not', () => {
    const exempt = tools.filter((tool) => tool.unconfirmed !== undefined)
    expect(Object.fromEntries(exempt.map((tool) => [tool.name, tool.unconfirmed]))).toEqual(unconfirmed)
    expect(exempt.filter(({ effect }) => effect === 'delete')).toEqual([])
  })

  const writes = tools.filter(({ effect, unconfirmed: why, reveals, input }) => {
    return effect !== 'read' && !why && !reveals && 'environmentId' in input.shape
  })
  // A client without one has nothing to remove, so nobody would be asked.
  beforeAll(async () => {
    const args = { environmentId: PRD, uri: 'https://app.example.com/login' }
    await server.call('2026-07-28', 'set_initiate_login_uri', args, { person: typesTheName })
  })

  test.each(writes.map((tool) => ({ name: tool.name, tool })))(
    '$name does nothing for a client that cannot ask',
    async ({ tool }) => {
      const before = await server.state()
      const args = sampleArguments(tool, { ...prdObjects, environmentId: PRD })
      const { ok, error } = await server.call('2026-07-28', tool.name, args, { query: '?toolsets=all' })
      expect(ok).toBe(false)
      // What cannot work is not asked about; everything else waits.
      expect(['person_needed', 'not_found', 'already_exists', 'precondition_failed']).toContain(error?.code)
      expect(await server.state()).toEqual(before)
    },
  )

  test('shows what changes, on lines of their own, and third-party text as it is', async () => {
    const questions: string[] = []
    const answer = await server.call(
      '2026-07-28',
      'create_environment_oidc_connection',
      {
        environmentId: PRD,
        provider: 'CUSTOM',
        keyId: 'Löwen "GmbH"',
        issuer: 'https://idp.attacker.example',
        authorizeUri: 'https://idp.attacker.example/authorize',
        tokenUri: 'https://idp.attacker.example/token',
        clientId: 'scalekit',
        clientSecret: 'the-secret-of-the-idp',
      },
      {
        person(question) {
          questions.push(question)
          return { action: 'decline' }
        },
      },
    )
    expect(answer.error?.code).toBe('confirmation_declined')
    expect(questions).toEqual([
      [
        `Create environment OIDC connection in Production (PRD, ${PRD}).`,
        'Provider: CUSTOM',
        'Issuer: https://idp.attacker.example',
        'Authorization endpoint: https://idp.attacker.example/authorize',
        'Token endpoint: https://idp.attacker.example/token',
        'Client ID: scalekit',
        'Client secret: a new one',
        'To confirm, type the name: Löwen "GmbH"',
      ].join('\n'),
    ])
  })

  test.each([
    ['a non-breaking space', 'Acme\u00a0Rockets', 'Acme Rockets'],
    ['a decomposed letter', 'Lo\u0308wen', 'Löwen'],
    ['two spaces', 'Acme  Rockets', 'Acme Rockets'],
    ['quotes', 'Acme "Rockets"', 'Acme "Rockets"'],
  ])('accepts the name as it is shown: %s', async (_, name, shown) => {
    const sdk = server.sdk(PRD)
    const { organization } = await sdk.organization.createOrganization(name)
    const typed: string[] = []
    const answer = await server.call(
      '2026-07-28',
      'delete_organization',
      { environmentId: PRD, organizationId: organization?.id ?? '' },
      {
        person(question) {
          const answered = typesTheName(question)
          if (answered.action === 'accept') typed.push(answered.content.name)
          return answered
        },
      },
    )
    expect(answer.error).toBeUndefined()
    expect(typed).toEqual([shown])
  })
})

describe('the state of a confirmation', () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  }
  const send = async (
    token: string,
    args: Record<string, unknown>,
    extra: Record<string, unknown> = {},
    url = server.url,
  ) => {
    const response = await fetch(url, {
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
  const decline = { confirmation: { action: 'decline' } }
  const exists = async (organizationId: string) =>
    (await server.call('2026-07-28', 'get_organization_details', { environmentId: PRD, organizationId })).ok
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
    expect(JSON.parse(done.result?.content?.[0]?.text ?? '')).toMatchObject({ deleted: true })
  })

  test('is used once: sent again, also with another token of the person, it only asks again', async () => {
    const token = await server.token({ claims: { sid: 'ses_1' } })
    const id = await create()
    const args = { environmentId: PRD, organizationId: id }
    const asked = await send(token, args)
    const answer = { requestState: asked.result?.requestState, inputResponses: decline }
    const declined = await send(token, args, answer)
    expect(JSON.parse(declined.result?.content?.[0]?.text ?? '')).toMatchObject({
      error: { code: 'confirmation_declined' },
    })
    for (const again of [token, await server.token({ claims: { sid: 'ses_1' } })]) {
      const replayed = await send(again, args, { ...answer, inputResponses: accept })
      expect(replayed.result?.resultType).toBe('input_required')
    }
    expect(await exists(id)).toBe(true)
  })

  test('is of the process that asked, where no Redis remembers the used answers of all', async () => {
    const key = { STATE_KEY: 'the-same-key-on-every-replica-0123456789' }
    const one = await startServerUnderTest(key)
    const other = await startServerUnderTest(key, undefined, one)
    try {
      const person = { subject: 'admin@example.com', resource: one.resource, claims: { sid: 'ses_1' } }
      const token = await one.token(person)
      const args = { environmentId: PRD, organizationId: 'org_100000000000000013' }
      const { result } = await send(token, args, {}, one.url)
      const answer = { requestState: result?.requestState, inputResponses: accept }
      expect((await send(token, args, answer, other.url)).error?.code).toBe(-32602)
    } finally {
      await other.close()
      await one.close()
    }
  })

  test('of two answers at the same time one is used', async () => {
    const token = await server.token()
    const args = { environmentId: PRD, organizationId: await create() }
    const { result } = await send(token, args)
    const answer = { requestState: result?.requestState, inputResponses: accept }
    const both = await Promise.all([send(token, args, answer), send(token, args, answer)])
    // The other one is asked again, or finds that the organization is gone.
    const done = both.filter((each) => each.result?.content?.[0]?.text.startsWith('{"deleted":true'))
    expect(done).toHaveLength(1)
  })

  test('belongs to the session in which the question was asked', async () => {
    const args = { environmentId: PRD, organizationId: await create() }
    const { result } = await send(await server.token({ claims: { sid: 'ses_1' } }), args)
    const elsewhere = await send(await server.token({ claims: { sid: 'ses_2' } }), args, {
      requestState: result?.requestState,
      inputResponses: accept,
    })
    expect(elsewhere.error?.code).toBe(-32602)
  })
})
