import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ClientApp } from '../../../test/harness/client-app.js'
import { Person } from '../../../test/harness/person.js'
import { type BehindFaultyApi, startBehindFaultyApi } from './behind-faulty-api.js'
import { openConversation } from './conversation.js'
import type { Fault } from './faulty-api.js'
import { type Posted, postCall, postMessage, toolErrorOf } from './post-message.js'
import { type Era, eras, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'
/** Only Scalekit says that a token was revoked. */
const withoutIntrospection = { INTROSPECTION_URL: '' }

const refuse: Fault = (_, res) => {
  res.writeHead(401, { 'content-type': 'application/json' }).end('{"code":16,"message":"secret detail"}')
  return true
}

function expectRefused({ status, headers, text }: Posted): void {
  expect(status, text).toBe(401)
  expect(headers.get('www-authenticate')).toMatch(
    /^Bearer error="invalid_token", .*resource_metadata="http[^"]+"$/,
  )
  expect(JSON.parse(text)).toMatchObject({ error: 'invalid_token' })
  expect(text).not.toContain('secret')
}

interface Way {
  readonly name: string
  readonly ask: (token: string, era: Era) => Promise<Posted>
}

let both: BehindFaultyApi
const create = { environmentId: DEV, name: 'Initech' }
const call: (tool: string, args: object, options?: object) => Way['ask'] =
  (tool, args, options) => (token, era) =>
    postCall(both.server.url, token, tool, { ...args }, { era, ...options })
const ask: (method: string, params: Record<string, unknown>, headers?: Record<string, string>) => Way['ask'] =
  (method, params, headers = {}) =>
  (token, era) =>
    postMessage(both.server.url, token, method, params, { era, headers })

const uri = `scalekit://environments/${DEV}`
const ways: Way[] = [
  { name: 'a read', ask: call('list_environments', {}) },
  { name: 'a read in an environment', ask: call('list_organizations', { environmentId: DEV }) },
  { name: 'a write', ask: call('create_organization', create) },
  {
    name: 'a read with progress',
    ask: call('list_environments', {}, { params: { _meta: { progressToken: 1 } } }),
  },
  {
    name: 'a write in JSON only',
    ask: call('create_organization', create, { headers: { accept: 'application/json' } }),
  },
  {
    name: 'a write in a stream only',
    ask: call('create_organization', create, { headers: { accept: 'text/event-stream' } }),
  },
  { name: 'a resource', ask: ask('resources/read', { uri }, { 'mcp-name': uri }) },
  {
    name: 'a completion',
    ask: ask('completion/complete', {
      ref: { type: 'ref/resource', uri: 'scalekit://environments/{environmentId}' },
      argument: { name: 'environmentId', value: 'env' },
    }),
  },
]

describe('in workspace mode', () => {
  beforeAll(async () => {
    both = await startBehindFaultyApi(() => withoutIntrospection)
  })
  afterAll(() => both.close())
  afterEach(() => {
    both.api.fault = undefined
  })

  describe.each(eras)('%s', (era) => {
    test.each(ways)('$name whose token the API refuses twice is 401 with a challenge', async ({ ask }) => {
      both.api.fault = refuse
      expectRefused(await ask(await both.server.token(), era))
    })

    test.each(ways)('$name whose exchange is refused is 401 with a challenge', async ({ ask }) => {
      expectRefused(await ask(await both.server.token({ claims: { sub: 'mem_999999999999999999' } }), era))
    })

    test.each(ways)(
      '$name goes on with a new exchange where only the old one was refused',
      async ({ ask }) => {
        const token = await both.server.token()
        await postCall(both.server.url, token, 'list_environments')
        both.api.fault = refuseFirstToken()
        const { status, text, message } = await ask(token, era)
        expect(status, text).toBe(200)
        expect(message.error).toBeUndefined()
        expect(message.result?.isError, text).not.toBe(true)
      },
    )
  })

  test('a call that asked its client has begun its stream: the result says that the token was refused', async () => {
    const args = { environmentId: 'env_100000000000000002', organizationId: 'org_100000000000000011' }
    const token = await both.server.token()
    const asked = await openConversation(both.server.url, token, 'delete_organization', args)
    both.api.fault = refuse
    expect((await asked.reply({ result: { action: 'accept', content: { name: 'any' } } })).status).toBe(202)
    expect(await asked.result()).toMatchObject({ error: { code: 'invalid_token' } })
  })

  test('calls at once share the new exchange', async () => {
    const token = await both.server.token()
    await postCall(both.server.url, token, 'list_environments')
    const before = await exchanges()
    both.api.fault = refuseFirstToken()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => postCall(both.server.url, token, 'list_environments')),
    )
    expect(answers.map(toolErrorOf)).toEqual(Array(10).fill(undefined))
    expect((await exchanges()) - before).toBe(1)
  })

  test('calls at once are all 401, and a write reaches the API at most twice', async () => {
    const token = await both.server.token()
    both.api.fault = refuse
    both.api.seen.length = 0
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => postCall(both.server.url, token, 'create_organization', create)),
    )
    answers.forEach(expectRefused)
    expect(both.api.seen.filter(({ method }) => method === 'POST')).toHaveLength(0)
    both.api.fault = (req, res) => req.method === 'POST' && refuse(req, res)
    both.api.seen.length = 0
    expectRefused(await postCall(both.server.url, token, 'create_organization', create))
    expect(both.api.seen.filter(({ method }) => method === 'POST')).toHaveLength(2)
  })

  test('the log says why, and the token is not in it', async () => {
    const token = await both.server.token()
    both.api.fault = refuse
    both.server.log.length = 0
    await postCall(both.server.url, token, 'list_environments')
    const line = both.server.log.find((each) => each.includes('"refused":"invalid_token"'))
    expect(line).toContain('Scalekit no longer accepts the token of this caller')
    expect(both.server.log.join('')).not.toContain(token)
  })

  test.each([
    [400, 'invalid_grant', 401],
    [401, 'invalid_token', 401],
    [401, 'invalid_client', 200],
    [400, 'unauthorized_client', 200],
    [400, 'invalid_target', 200],
  ])('an exchange that is refused with %i %s is answered with %i', async (status, error, expected) => {
    const token = await both.server.token()
    const rule = {
      match: { path: '/workspace/oauth/token' },
      status,
      body: JSON.stringify({ error }),
      times: 0,
    }
    await control(both.server, 'faults', 'POST', rule)
    const posted = await postCall(both.server.url, token, 'list_environments')
    await control(both.server, 'faults', 'DELETE')
    expect(posted.status, posted.text).toBe(expected)
    if (expected === 200) expect(toolErrorOf(posted)?.code).toBe('permission_denied')
  })
})

test('a token that is forwarded is not sent twice', async () => {
  both = await startBehindFaultyApi(() => ({ ...withoutIntrospection, FORWARD_CALLER_TOKEN: '1' }))
  both.api.fault = refuse
  expectRefused(await postCall(both.server.url, await both.server.token(), 'list_environments'))
  expect(both.api.seen).toHaveLength(1)
  await both.close()
})

test('in environment mode the credentials are the operator’s: no new sign-in is asked for', async () => {
  const environment = (apiUrl: string, localUrl: string) => ({
    ...withoutIntrospection,
    SCALEKIT_WORKSPACE_URL: '',
    SCALEKIT_ENV_URL: `${apiUrl}/${DEV}`,
    EXPECTED_ISSUERS: `${localUrl}/workspace`,
    JWKS_URI: `${localUrl}/workspace/keys`,
    SCALEKIT_ENVIRONMENT_TYPE: 'DEV',
    SCALEKIT_CLIENT_ID: 'skc_100000000000000001',
    ADMIN_CLIENTS: 'agent_1',
  })
  both = await startBehindFaultyApi(environment)
  const token = await both.server.token({ claims: { sub: 'agent_1', client_id: 'agent_1' } })
  const list = () => postCall(both.server.url, token, 'list_organizations')
  expect((await list()).message.result?.isError).toBeUndefined()
  both.api.fault = refuseFirstToken()
  expect((await list()).message.result?.isError).toBeUndefined()
  expect(both.api.seen.length).toBe(3)
  both.api.fault = refuse
  const posted = await list()
  expect(posted.status).toBe(200)
  expect(toolErrorOf(posted)).toMatchObject({
    code: 'permission_denied',
    nextStep: expect.stringContaining('operator'),
  })
  await both.close()
})

describe('the official clients', () => {
  let server: ServerUnderTest
  beforeAll(async () => {
    server = await startServerUnderTest(withoutIntrospection)
  })
  afterAll(() => server.close())

  test.each(eras)(
    '%s: renew the token that was revoked, and ask the person when the grant has ended',
    async (era) => {
      const app = new ForgettingApp()
      const person = new Person('admin@example.com')
      const first = await connect(era, server.url, app)
      await first.finish(await person.authorize(authorizationOf(app)))
      const { client } = await connect(era, server.url, app)
      expect((await client.callTool({ name: 'list_environments', arguments: {} })).isError).not.toBe(true)

      const revoked = String(app.saved?.access_token)
      await revoke(server, app, revoked)
      expect((await client.callTool({ name: 'list_environments', arguments: {} })).isError).not.toBe(true)
      expect(app.saved?.access_token).not.toBe(revoked)

      app.authorizationUrl = undefined
      await revoke(server, app, String(app.saved?.refresh_token))
      await expect(client.callTool({ name: 'list_environments', arguments: {} })).rejects.toThrow()
      await person.authorize(authorizationOf(app))
      await client.close()
    },
  )
})

/** As clients do whose refresh token is refused. */
class ForgettingApp extends ClientApp {
  invalidateCredentials(): void {
    this.saved = undefined
  }
}

/** Refuses the token of the first request that comes, as if its session had ended. */
function refuseFirstToken(): Fault {
  let ended: string | undefined
  return (req, res) => {
    ended ??= req.headers.authorization
    return req.headers.authorization === ended && refuse(req, res)
  }
}

async function exchanges(): Promise<number> {
  const { requests } = (await control(both.server, 'requests')) as { requests: { path: string }[] }
  return requests.filter(({ path }) => path === '/workspace/oauth/token').length
}

async function control(
  { local }: ServerUnderTest,
  path: string,
  method = 'GET',
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${local.url}/__local/${path}`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

/** Fails where the client has no token yet: `finish` ends the sign-in. */
async function connect(era: Era, url: string, app: ClientApp) {
  const modern = era === '2026-07-28'
  const options = { authProvider: app }
  const transport = modern
    ? new ModernTransport(new URL(url), options)
    : new LegacyTransport(new URL(url), options)
  const info = { name: 'test', version: '1' }
  const client = (
    modern ? new ModernClient(info, { versionNegotiation: { mode: 'auto' } }) : new LegacyClient(info)
  ) as ModernClient
  await client.connect(transport as ModernTransport).catch((error: unknown) => {
    if (app.saved) throw error
  })
  const finish = ({ searchParams }: URL) =>
    transport instanceof LegacyTransport
      ? transport.finishAuth(String(searchParams.get('code')))
      : transport.finishAuth(searchParams)
  return { client, finish }
}

function authorizationOf({ authorizationUrl }: ClientApp): URL {
  if (!authorizationUrl) throw new Error('the client did not ask for authorization')
  return authorizationUrl
}

/** RFC 7009, at the authorization server of this MCP server. */
async function revoke({ local }: ServerUnderTest, { client }: ClientApp, token: string): Promise<void> {
  const issuer = `${local.url}/workspace/resources/res_100000000000000001`
  const response = await fetch(`${issuer}/oauth/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ token, client_id: String(client?.client_id) }),
  })
  expect(response.status).toBe(200)
}
