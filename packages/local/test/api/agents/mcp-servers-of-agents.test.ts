import { Client as FormerClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FormerTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEV, type Local, PRD, startLocal } from '../local.js'
import { control, requestsOf } from './control.js'
import { connectMcp, type McpClient } from './mcp-client.js'

const GMAIL = 'conn_100000000000000003'
const DEFAULT = 'ca_100000000000000002'
const MAILS = ['gmail_create_draft', 'gmail_fetch_mails']
const SLACK = ['slack_auth_test', 'slack_fetch_conversation_history', 'slack_list_channels']

let local: Local
let token: string
let config: { id: string; mcp_server_url: string }
let open: McpClient[] = []
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  token = await local.client(DEV)
  config = await createConfig('assistant', [
    { connection_name: 'gmail', tools: MAILS },
    { connection_name: 'slack', tools: SLACK },
  ])
})
afterEach(async () => {
  for (const client of open) await client.close()
  open = []
})
afterAll(() => local.close())

const api = (method: string, path: string, body?: unknown, as = token) =>
  local.rest(method, `/api/v1${path}`, { token: as, body })

async function createConfig(name: string, connection_tool_mappings: object[]) {
  return (await api('POST', '/mcp/configs', { name, connection_tool_mappings })).body.config
}

const tokenFor = (body: object = {}, id = config.id) =>
  api('POST', `/mcp/configs/${id}/tokens`, { identifier: 'default', ...body })

async function connect(body: object = {}, mode: 'auto' | 'legacy' = 'auto'): Promise<McpClient> {
  const client = await connectMcp(config.mcp_server_url, (await tokenFor(body)).body.token, mode)
  open.push(client)
  return client
}

/** An account of somebody, with a token of the provider. */
async function connectAccount(connector: string, identifier: string): Promise<void> {
  const oauth_token = { access_token: `${connector}-${identifier}` }
  const connected_account = { authorization_details: { oauth_token } }
  await api('POST', '/connected_accounts', { connector, identifier, connected_account })
}

/** Sends one message without a client. */
const post = (url: string, authorization: string | undefined, message: object, headers: object = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      ...(authorization && { authorization }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
  })

const list = { method: 'tools/list', params: {} }

/** Whether the server of the configuration accepts a token. */
const statusFor = async (session: string, url = config.mcp_server_url) =>
  (await post(url, `Bearer ${session}`, list)).status

describe('the accounts that a user connects for an agent', () => {
  const states = async (identifier: string, more: object = {}) =>
    (await api('POST', `/mcp/configs/${config.id}/connected_accounts`, { identifier, ...more })).body

  it('are listed by connection, and nothing is created', async () => {
    expect(await states('default')).toEqual({
      connected_accounts: [
        {
          ...{ connection_id: GMAIL, connection_name: 'gmail', provider: 'GMAIL' },
          ...{ connected_account_id: DEFAULT, connected_account_status: 'ACTIVE', authentication_link: '' },
        },
        expect.objectContaining({ connection_name: 'slack', connected_account_status: 'ACTIVE' }),
      ],
    })
    expect((await states('ben')).connected_accounts).toMatchObject([
      { connected_account_id: '', connected_account_status: '', authentication_link: '' },
      { connected_account_id: '', connected_account_status: '', authentication_link: '' },
    ])
    expect((await api('GET', '/connected_accounts?identifier=ben')).body.connected_accounts).toEqual([])
  })

  it('are created with a new link each where links are asked for', async () => {
    const first = (await states('ben', { include_auth_link: true })).connected_accounts
    const link = expect.stringMatching(new RegExp(`^${local.url}/${DEV}/magicLink/[0-9a-f-]{36}_o$`))
    expect(first).toMatchObject([
      { connected_account_status: 'PENDING_AUTH', authentication_link: link },
      { connected_account_status: 'PENDING_AUTH', authentication_link: link },
    ])
    const again = (await states('ben', { include_auth_link: true })).connected_accounts
    expect(again[0].connected_account_id).toBe(first[0].connected_account_id)
    expect(again[0].authentication_link).not.toBe(first[0].authentication_link)
  })

  it('are those of a configuration of this environment', async () => {
    const other = await local.client(PRD)
    const path = `/mcp/configs/${config.id}/connected_accounts`
    expect((await api('POST', path, { identifier: 'default' }, other)).status).toBe(404)
    expect((await api('POST', path, {})).status).toBe(400)
  })
})

describe('a session token', () => {
  it('is signed by the environment, for one user at one server', async () => {
    const { status, body } = await tokenFor({ expiry: '900s' })
    expect(status).toBe(200)
    const keys = createRemoteJWKSet(new URL(`${local.url}/${DEV}/keys`))
    const issuer = `${local.url}/${DEV}`
    const { payload } = await jwtVerify(body.token, keys, { issuer, audience: config.mcp_server_url })
    expect(decodeProtectedHeader(body.token)).toMatchObject({
      alg: 'RS256',
      kid: expect.stringMatching(/^snk_/),
    })
    expect(payload).toMatchObject({
      ...{ sub: 'default', aud: config.mcp_server_url, token_type: 'mcp_session', mcp_cfg: config.id },
      ca_ids: [DEFAULT, 'ca_100000000000000004'],
      exp: (payload.iat ?? 0) + 900,
    })
    expect(Date.parse(body.expires_at)).toBe((payload.exp ?? 0) * 1000)
    const usual = await tokenFor()
    expect(Date.parse(usual.body.expires_at) - Date.now()).toBeGreaterThan(3_590_000)
  })

  it('lasts a minute at least and a day at most', async () => {
    for (const expiry of ['60s', '86400s']) expect((await tokenFor({ expiry })).status, expiry).toBe(200)
    for (const expiry of ['59s', '86401s', '0s', '-60s', '1h']) {
      expect((await tokenFor({ expiry })).status, expiry).toBe(400)
    }
  })

  it('needs an active account at every connection of the configuration', async () => {
    await connectAccount('gmail', 'ben')
    const refused = await tokenFor({ identifier: 'ben' })
    expect([refused.status, refused.body.message]).toEqual([
      400,
      expect.stringContaining('ben has no active connected account at slack'),
    ])
    await connectAccount('slack', 'ben')
    expect((await tokenFor({ identifier: 'ben' })).status).toBe(200)
    const empty = await createConfig('empty', [])
    expect((await tokenFor({}, empty.id)).status).toBe(400)
  })

  it('is for exactly one known server, and one level of access', async () => {
    const connection = (name: string, body: object = {}) =>
      api('POST', `/mcp/connections/${name}/tokens`, { identifier: 'default', ...body })
    expect((await tokenFor({}, 'cfg_999999999999999999')).status).toBe(404)
    expect((await connection('nowhere')).body.message).toContain('connection not found')
    expect((await connection('nowhere')).status).toBe(404)
    for (const signsIn of ['email', 'acme-okta']) expect((await connection(signsIn)).status).toBe(400)
    const both = await connection('gmail', { mcp_config_id: config.id })
    expect([both.status, both.body.message]).toEqual([
      400,
      expect.stringContaining('set exactly one of mcp_config_id or key_id'),
    ])
    expect((await tokenFor({ access_level: 'EVERYTHING' })).status).toBe(400)
    expect((await tokenFor({ identifier: 'a'.repeat(256) })).status).toBe(400)
    await api('PATCH', `/connections/${GMAIL}:disable`)
    expect((await connection('gmail')).status).toBe(404)
    expect(
      (await api('POST', `/mcp/configs/${config.id}/tokens`, { identifier: 'default' }, 'Bearer x')).status,
    ).toBe(401)
  })
})

describe('the MCP server of a configuration', () => {
  it.each(['auto', 'legacy'] as const)(
    'lists the mapped tools and calls them as the user (%s)',
    async (mode) => {
      const agent = await connect({}, mode)
      expect(await agent.tools()).toEqual([...MAILS, ...SLACK])
      const { tools } = await agent.client.listTools()
      expect(tools.find(({ name }) => name === 'gmail_fetch_mails')).toMatchObject({
        ...{ title: 'Gmail fetch mails', description: expect.stringContaining('Fetch') },
        inputSchema: { type: 'object', properties: { query: { type: 'string' } } },
        annotations: { readOnlyHint: true, destructiveHint: false },
      })
      const { structuredContent, content, isError } = await agent.call('gmail_fetch_mails', {
        query: 'is:unread',
      })
      expect(isError ?? false).toBe(false)
      expect(structuredContent).toMatchObject({ query: 'is:unread', messages: [{ to: 'default' }, {}] })
      expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent) }])
      const { body } = await api('GET', '/agentkit/tool_call_logs')
      expect(body.tool_call_logs).toMatchObject([
        { tool_name: 'gmail_fetch_mails', connected_account_id: DEFAULT, source: 'mcp', status: 'SUCCESS' },
      ])
    },
  )

  it('serves clients of the first SDK', async () => {
    const client = new FormerClient({ name: 'agent', version: '1' })
    const requestInit = { headers: { authorization: `Bearer ${(await tokenFor()).body.token}` } }
    await client.connect(new FormerTransport(new URL(config.mcp_server_url), { requestInit }) as never)
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual([...MAILS, ...SLACK])
    const { structuredContent } = await client.callTool({ name: 'gmail_fetch_mails', arguments: {} })
    expect(structuredContent).toHaveProperty('messages')
    await client.close()
  })

  it.each(['2026-07-28', '2025-11-25', '2025-06-18'])('speaks revision %s', async (revision) => {
    const session = (await tokenFor()).body.token
    const modern = revision === '2026-07-28'
    const envelope = {
      'io.modelcontextprotocol/protocolVersion': revision,
      'io.modelcontextprotocol/clientInfo': { name: 'agent', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const message = modern ? { method: 'tools/list', params: { _meta: envelope } } : list
    const headers = { 'mcp-protocol-version': revision, ...(modern && { 'mcp-method': 'tools/list' }) }
    const answer = await post(config.mcp_server_url, `Bearer ${session}`, message, headers)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('gmail_create_draft')
    if (modern) return
    const params = {
      protocolVersion: revision,
      capabilities: {},
      clientInfo: { name: 'agent', version: '1' },
    }
    const hello = await post(config.mcp_server_url, `Bearer ${session}`, { method: 'initialize', params })
    expect(await hello.text()).toContain(`"protocolVersion":"${revision}"`)
    expect(hello.headers.has('mcp-session-id')).toBe(false)
  })

  it('returns problems of params, accounts and providers as results that a model can read', async () => {
    const agent = await connect()
    const said = async (name: string, args: Record<string, unknown> = {}) => {
      const { isError, content } = await agent.call(name, args)
      return [isError, JSON.stringify(content)]
    }
    expect(await said('gmail_create_draft', { to: 'ben' })).toEqual([
      true,
      expect.stringContaining('params.subject: value is required'),
    ])
    const path = `/simulator/${GMAIL}/tools/gmail_fetch_mails`
    await control(local, 'POST', '/faults', { match: { path }, status: 429 })
    expect(await said('gmail_fetch_mails')).toEqual([true, expect.stringContaining('HTTP 429')])
    await control(local, 'POST', `/connected-accounts/${DEFAULT}/revoke`)
    expect(await said('gmail_fetch_mails')).toEqual([true, expect.stringContaining('HTTP 401')])
    await expect(agent.call('exa_search', { query: 'robots' })).rejects.toThrow(/Unknown tool/)
    await expect(agent.call('gmail_send_message', {})).rejects.toThrow(/Unknown tool/)
    expect(await requestsOf(local, `/simulator/${GMAIL}/tools/gmail_send_message`)).toBe(0)
  })

  it('hides and refuses what changes something where the token is read-only', async () => {
    const agent = await connect({ access_level: 'READ_ONLY' })
    expect(await agent.tools()).toEqual(['gmail_fetch_mails', ...SLACK])
    const draft = { to: 'ben@acme.example', subject: 'Hi', body: 'Hi' }
    await expect(agent.call('gmail_create_draft', draft)).rejects.toThrow(/Unknown tool/)
    expect((await agent.call('gmail_fetch_mails')).isError ?? false).toBe(false)
    const full = await connect({ access_level: 'FULL' })
    expect((await full.call('gmail_create_draft', draft)).structuredContent).toMatchObject({
      id: 'draft_3001',
    })
  })

  it('has what the configuration has now', async () => {
    const agent = await connect()
    const connection_tool_mappings = [{ connection_name: 'slack' }]
    await api('PUT', `/mcp/configs/${config.id}`, { connection_tool_mappings })
    expect(await agent.tools()).toEqual([
      ...['slack_auth_test', 'slack_fetch_conversation_history', 'slack_list_channels'],
      ...['slack_lookup_user_by_email', 'slack_send_message'],
    ])
    await api('PATCH', '/connections/conn_100000000000000005:disable')
    expect(await agent.tools()).toEqual([])
  })
})

describe('the MCP server of a connection', () => {
  const session = async (name: string, body: object = {}) =>
    (await api('POST', `/mcp/connections/${name}/tokens`, { identifier: 'default', ...body })).body.token

  it('has all its tools, at an address with the name of the connection', async () => {
    const { connection } = (await api('GET', `/connections/${GMAIL}`)).body
    const url = `${local.url}/${DEV}/mcp/v3/connections/gmail`
    expect(connection.mcp_server_url).toBe(url)
    const listed = (await api('GET', '/connections/app')).body.connections
    expect(listed.map((one: { mcp_server_url: string }) => one.mcp_server_url)).toContain(url)
    const agent = await connectMcp(url, await session('GMAIL'))
    open.push(agent)
    expect(await agent.tools()).toHaveLength(5)
    expect((await agent.call('gmail_list_labels')).structuredContent).toHaveProperty('labels')
    expect(await statusFor(await session('gmail'), url.replace('/gmail', '/Gmail'))).toBe(401)
    const { sub, conn_id } = JSON.parse(
      Buffer.from((await session('gmail')).split('.')[1], 'base64url').toString(),
    )
    expect({ sub, conn_id }).toEqual({ sub: 'default', conn_id: GMAIL })
  })
})

describe('an MCP server of agents refuses', () => {
  it('who has no session token, with a challenge', async () => {
    const without = await post(config.mcp_server_url, undefined, list)
    expect([without.status, without.headers.get('www-authenticate'), await without.json()]).toEqual([
      ...[401, 'Bearer'],
      { error: 'unauthorized', error_description: expect.stringContaining('Send a session token') },
    ])
    for (const authorization of [token, 'Bearer x', await local.session('usr_100000000000000101')]) {
      const answer = await post(config.mcp_server_url, authorization, list)
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringMatching(/^Bearer error="invalid_token"/),
      ])
    }
    expect((await fetch(config.mcp_server_url)).status).toBe(401)
    const authorization = `Bearer ${(await tokenFor()).body.token}`
    expect((await fetch(config.mcp_server_url, { headers: { authorization } })).status).toBe(405)
  })

  it('a token for another server, of another environment, changed or expired', async () => {
    const other = await createConfig('other', [{ connection_name: 'gmail' }])
    const session = (await tokenFor({ expiry: '60s' })).body.token
    expect(await statusFor(session)).toBe(200)
    for (const url of [
      other.mcp_server_url,
      config.mcp_server_url.replace(DEV, PRD),
      config.mcp_server_url.replace(DEV, 'env_1'),
      `${local.url}/${DEV}/mcp/v3/connections/gmail`,
    ])
      expect(await statusFor(session, url), url).toBe(401)
    const [head, body, signature] = session.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'ben' })).toString('base64url')
    expect(await statusFor(`${head}.${changed}.${signature}`)).toBe(401)
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    expect(await statusFor(`${none}.${body}.`)).toBe(401)
    local.wait(61_000)
    expect(await statusFor(session)).toBe(401)
  })

  it('its token at the management API', async () => {
    const session = (await tokenFor()).body.token
    expect((await api('GET', '/mcp/configs', undefined, `Bearer ${session}`)).status).toBe(401)
    const proxied = await fetch(`${local.url}/${DEV}/proxy/gmail/v1/users/me/profile`, {
      headers: { authorization: `Bearer ${session}`, connection_name: 'gmail', identifier: 'default' },
    })
    expect(proxied.status).toBe(401)
  })

  it.each([
    ['an account is deleted', () => api('POST', '/connected_accounts:delete', { id: DEFAULT })],
    ['an account is disconnected', () => api('POST', `/connected_accounts/${DEFAULT}:disconnect`)],
    ['the configuration is deleted', () => api('DELETE', `/mcp/configs/${config.id}`)],
  ])('calls at once when %s', async (_what, happens) => {
    const agent = await connect()
    await agent.call('gmail_fetch_mails')
    expect((await happens()).status).toBe(200)
    await expect(agent.call('gmail_fetch_mails')).rejects.toThrow()
    await expect(agent.tools()).rejects.toThrow()
    expect(await requestsOf(local, `/simulator/${GMAIL}/tools/gmail_fetch_mails`)).toBe(1)
  })

  it('pages of other sites', async () => {
    const authorization = `Bearer ${(await tokenFor()).body.token}`
    const answer = await post(config.mcp_server_url, authorization, list, { origin: 'https://evil.example' })
    expect(answer.status).toBe(403)
  })

  it('a user the data of another', async () => {
    for (const connector of ['gmail', 'slack']) await connectAccount(connector, 'ben')
    const [mine, bens] = [await connect(), await connect({ identifier: 'ben' })]
    const to = async (agent: McpClient) =>
      (await agent.call('gmail_fetch_mails')).structuredContent as { messages: { to: string }[] }
    expect((await to(mine)).messages[0]?.to).toBe('default')
    expect((await to(bens)).messages[0]?.to).toBe('ben')
    await api('POST', '/connected_accounts:delete', { connector: 'gmail', identifier: 'ben' })
    await expect(bens.call('gmail_fetch_mails')).rejects.toThrow()
    expect((await to(mine)).messages[0]?.to).toBe('default')
  })
})
