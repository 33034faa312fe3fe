import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  ScalekitToolException,
  ScalekitToolForbiddenException,
  ScalekitToolRateLimitException,
  ScalekitToolUnauthorizedException,
} from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEV, type Local, PRD, startLocal } from '../local.js'
import { control, requestsOf } from './control.js'

const GMAIL = 'conn_100000000000000003'
const DEFAULT = 'ca_100000000000000002'
const FETCH = `/simulator/${GMAIL}/tools/gmail_fetch_mails`
const MAILS = { toolName: 'gmail_fetch_mails', connector: 'gmail', identifier: 'default', params: {} }

let local: Local
let sdk: ReturnType<Local['sdk']>
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  sdk = local.sdk(DEV)
})
afterAll(() => local.close())

async function logs(query = '') {
  const token = await local.client(DEV)
  const { body } = await local.rest('GET', `/api/v1/agentkit/tool_call_logs?page_size=50${query}`, { token })
  return body
}

describe('the tools of an environment', () => {
  it('are listed in pages, with what a model needs to call them', async () => {
    const first = await sdk.tools.listTools({ pageSize: 10 })
    expect([first.tools.length, first.totalSize, first.toolNames]).toEqual([10, 53, []])
    const second = await sdk.tools.listTools({ pageSize: 10, pageToken: first.nextPageToken })
    expect(second.tools[0]?.id).not.toBe(first.tools[0]?.id)
    expect((await sdk.tools.listTools()).tools).toHaveLength(30)
    const { tools } = await sdk.tools.listTools({ filter: { toolName: ['gmail_send_message'] } as never })
    expect(tools).toMatchObject([
      {
        id: expect.stringMatching(/^tol_\d{18}$/),
        provider: 'GMAIL',
        isDefault: true,
        definition: {
          name: 'gmail_send_message',
          description: 'Send a mail.',
          input_schema: { type: 'object', required: ['to', 'subject', 'body'] },
          annotations: { read_only_hint: false },
        },
      },
    ])
  })

  it('are filtered by provider, name and text, and as names only', async () => {
    const names = async (filter: object) =>
      (await sdk.tools.listTools({ filter: filter as never, pageSize: 100 })).tools.map(
        ({ definition }) => definition?.name,
      )
    expect(await names({ provider: 'EXA' })).toEqual([
      'exa_answer',
      'exa_crawl',
      'exa_find_similar',
      'exa_search',
    ])
    expect(await names({ provider: 'NOBODY' })).toEqual([])
    expect(await names({ query: 'DRAFT' })).toEqual(['gmail_create_draft'])
    const summary = await sdk.tools.listTools({ filter: { provider: 'EXA', summary: true } as never })
    expect([summary.tools, summary.toolNames.length]).toEqual([[], 4])
  })

  it('of a custom MCP server are listed for an account at it', async () => {
    const mine = 'c-apifymcp_fetch-apify-docs'
    const names = async (filter: object) =>
      (await sdk.tools.listTools({ filter: { summary: true, ...filter } as never, pageSize: 100 })).toolNames
    expect(await names({})).not.toContain(mine)
    expect(await names({ connector: 'apifymcp', identifier: 'default' })).toContain(mine)
    expect(await names({ connectedAccountId: 'ca_100000000000000008' })).toContain(mine)
    expect(await names({ connectedAccountId: DEFAULT })).not.toContain(mine)
    await expect(names({ connectedAccountId: 'ca_1' })).rejects.toThrow(ScalekitNotFoundException)
  })

  it('are scoped to what a user has connected', async () => {
    const { tools, totalSize } = await sdk.tools.listScopedTools('default', {
      filter: { connectionNames: ['gmail', 'slack'], toolNames: ['gmail_fetch_mails', 'slack_auth_test'] },
    })
    expect(totalSize).toBe(2)
    expect(tools).toMatchObject([
      {
        tool: { definition: { name: 'gmail_fetch_mails' } },
        identifier: 'default',
        connectedAccountId: DEFAULT,
      },
      { tool: { provider: 'SLACK' }, identifier: 'default' },
    ])
    const pending = await sdk.tools.listScopedTools('ana@acme.example', { filter: {} })
    expect(pending.tools).toEqual([])
    const exa = await sdk.tools.listScopedTools('default', { filter: { providers: ['EXA'] }, pageSize: 3 })
    expect([exa.tools.length, exa.totalSize]).toEqual([3, 4])
  })

  it('are available where a connection to their provider is enabled', async () => {
    const first = await sdk.tools.listAvailableTools('ana@acme.example', { pageSize: 5 })
    const second = await sdk.tools.listAvailableTools('ana@acme.example', {
      pageSize: 5,
      pageToken: first.nextPageToken,
    })
    const ids = [...first.tools, ...second.tools].map(({ id }) => id)
    expect(new Set(ids).size).toBe(10)
    await expect(sdk.tools.listAvailableTools('nobody')).rejects.toThrow(ScalekitNotFoundException)
  })
})

describe('a tool call', () => {
  it('returns what the provider answers, and is in the log', async () => {
    const { data, executionId } = await sdk.actions.executeTool({
      toolName: 'gmail_send_message',
      identifier: 'default',
      toolInput: { to: 'ben@acme.example', subject: 'Hello', body: 'How are you?' },
    })
    expect(data).toMatchObject({ to: 'ben@acme.example', subject: 'Hello', label_ids: ['SENT'] })
    const token = await local.client(DEV)
    const { body } = await local.rest('GET', `/api/v1/agentkit/tool_call_logs/${executionId}`, { token })
    expect(body).toMatchObject({
      environment_id: DEV,
      execution_id: executionId,
      tool_name: 'gmail_send_message',
      provider: 'GMAIL',
      connected_account_id: DEFAULT,
      connection_id: GMAIL,
      connection_name: 'gmail',
      identifier: 'default',
      status: 'SUCCESS',
      source: 'api',
    })
    expect(JSON.stringify(await logs())).not.toContain('How are you?')
    const details = await local.rest('GET', `/api/v1/connected_accounts/details?id=${DEFAULT}`, { token })
    expect(details.body.connected_account.last_used_at).toMatch(/Z$/)
  })

  it('names its account by id, by connection in any case, or by the user alone', async () => {
    const { toolName, params } = MAILS
    for (const by of [
      { connectedAccountId: DEFAULT },
      { connector: 'GMAIL', identifier: 'default' },
      { identifier: 'default' },
    ])
      expect((await sdk.tools.executeTool({ toolName, params, ...by })).data).toHaveProperty('messages')
  })

  it('of a user with several connections to the provider names one', async () => {
    const token = await local.client(DEV)
    const connection = { type: 'OAUTH', provider_key: 'GMAIL', key_id: 'gmail-work' }
    await local.rest('POST', '/api/v1/connections', { token, body: connection })
    await sdk.actions.createConnectedAccount({
      connectionName: 'gmail-work',
      identifier: 'default',
      authorizationDetails: undefined,
    })
    const { toolName, params } = MAILS
    const ambiguous = sdk.tools.executeTool({ toolName, params, identifier: 'default' })
    await expect(ambiguous).rejects.toThrow(/gmail, gmail-work/)
  })

  it('returns a list as array', async () => {
    const { data } = await sdk.tools.executeTool({
      toolName: 'github_issues_list',
      identifier: 'default',
      params: { owner: 'acme', repo: 'robots' },
    })
    expect(data).toEqual({ array: [expect.objectContaining({ number: 41 }), expect.anything()] })
  })

  it('is refused without a tool, an account or valid params, and the provider is not called', async () => {
    await expect(sdk.tools.executeTool({ ...MAILS, toolName: 'gmail_send_email' })).rejects.toThrow(
      /tool not found/,
    )
    await expect(sdk.tools.executeTool({ ...MAILS, connector: 'nowhere' })).rejects.toThrow(
      /connection not found/,
    )
    await expect(sdk.tools.executeTool({ ...MAILS, identifier: 'nobody' })).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await expect(sdk.tools.executeTool({ ...MAILS, connector: 'slack' })).rejects.toThrow(/a tool of GMAIL/)
    const wrong = { ...MAILS, params: { max_results: 'many' } }
    const refused = await sdk.tools.executeTool(wrong).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ScalekitBadRequestException)
    expect(refused).not.toBeInstanceOf(ScalekitToolException)
    expect(String(refused)).toContain('params.max_results: must be integer')
    const missing = { ...MAILS, toolName: 'gmail_send_message' }
    await expect(sdk.tools.executeTool(missing)).rejects.toThrow(/params.to: value is required/)
    const found = await logs('&status=error')
    expect(found.tool_call_logs).toMatchObject([
      { tool_name: 'gmail_send_message', error_tier: 'platform', error_code: 'INVALID_ARGUMENT' },
      { tool_name: 'gmail_fetch_mails', error_tier: 'platform', error_code: 'INVALID_ARGUMENT' },
    ])
    expect(await requestsOf(local, FETCH)).toBe(0)
  })

  it('of an account that is not active fails before it reaches the provider', async () => {
    const call = sdk.tools.executeTool({ ...MAILS, identifier: 'ana@acme.example' })
    await expect(call).rejects.toThrow(ScalekitBadRequestException)
    await expect(call).rejects.toThrow(/PENDING_AUTH/)
    expect(await requestsOf(local, FETCH)).toBe(0)
    expect((await logs()).tool_call_logs).toMatchObject([{ error_tier: 'platform' }])
  })

  it('fail before they reach the provider where the connection is disabled', async () => {
    const token = await local.client(DEV)
    await local.rest('PATCH', `/api/v1/connections/${GMAIL}:disable`, { token })
    await expect(sdk.tools.executeTool(MAILS)).rejects.toThrow(/connection gmail is not enabled/)
    expect(await requestsOf(local, FETCH)).toBe(0)
    await local.rest('PATCH', `/api/v1/connections/${GMAIL}:enable`, { token })
    expect((await sdk.tools.executeTool(MAILS)).executionId).not.toBe('')
  })

  it.each([
    [401, ScalekitToolUnauthorizedException, 'UNAUTHORIZED'],
    [403, ScalekitToolForbiddenException, 'FORBIDDEN'],
    [429, ScalekitToolRateLimitException, 'RATE_LIMITED'],
    [500, ScalekitToolException, 'EXEC_FAILED'],
  ])('fails as the provider does with HTTP %i, after one request', async (status, type, code) => {
    await control(local, 'POST', '/faults', { match: { path: FETCH }, status, times: 0 })
    const failure = await sdk.tools.executeTool(MAILS).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(type)
    const { executionId, toolErrorCode } = failure as ScalekitToolException
    expect(toolErrorCode).toBe(code)
    expect(await requestsOf(local, FETCH)).toBe(1)
    expect((await logs()).tool_call_logs).toMatchObject([
      { execution_id: executionId, error_tier: 'provider', error_code: code, status: 'ERROR' },
    ])
  })

  it('that the provider drops, or answers with something else than JSON, has failed too', async () => {
    for (const fault of [{ drop: 'after' }, { status: 200, body: '<html>' }]) {
      await control(local, 'POST', '/faults', { match: { path: FETCH }, ...fault })
      await expect(sdk.tools.executeTool(MAILS)).rejects.toThrow(ScalekitToolException)
    }
  })

  it('belongs to one environment', async () => {
    const other = local.sdk(PRD)
    await expect(other.tools.executeTool(MAILS)).rejects.toThrow(ScalekitNotFoundException)
    const { executionId } = await sdk.tools.executeTool(MAILS)
    const token = await local.client(PRD)
    const log = await local.rest('GET', `/api/v1/agentkit/tool_call_logs/${executionId}`, { token })
    expect(log.status).toBe(404)
  })
})

describe('the figures over tool calls', () => {
  it('count successes and failures by provider, code and hour', async () => {
    await sdk.tools.executeTool(MAILS)
    await sdk.tools.executeTool({
      toolName: 'exa_search',
      identifier: 'default',
      params: { query: 'robots' },
    })
    await control(local, 'POST', '/faults', { match: { path: FETCH }, status: 429 })
    await sdk.tools.executeTool(MAILS).catch(() => {})
    const token = await local.client(DEV)
    const span = `start_time=${new Date(Date.now() - 60_000).toISOString()}&end_time=${new Date(Date.now() + 60_000).toISOString()}`
    const stats = async (query = '') =>
      (await local.rest('GET', `/api/v1/agentkit/analytics/overview?${span}${query}`, { token })).body
    const all = await stats()
    expect(all).toMatchObject({
      total: '3',
      success: '2',
      errors: '1',
      provider_errors: '1',
      platform_errors: '0',
      top_error_codes: [{ error_code: 'RATE_LIMITED', count: '1' }],
    })
    expect(all.connector_breakdown).toEqual(
      expect.arrayContaining([expect.objectContaining({ provider: 'GMAIL', total: '2', errors: '1' })]),
    )
    expect(all.time_series[0]).toMatchObject({ bucket_duration_seconds: '3600' })
    expect(await stats('&provider=EXA')).toMatchObject({ total: '1' })
    expect(await stats('&error_code=RATE_LIMITED')).toMatchObject({ total: '1' })
    expect(await stats('&status=success')).toMatchObject({ total: '2' })
    expect(await stats('&connection_name=exa')).toMatchObject({ total: '1' })
  })
})

describe('a connector of the seed', () => {
  const state = async (change: (environment: Record<string, unknown[]>) => void) => {
    const seed = await control(local, 'GET', '/state')
    change(seed.environments[0])
    expect(await control(local, 'PUT', '/state', seed)).toMatchObject({ status: expect.any(String) })
  }

  it('adds tools, which answer from a template or from a URL of the developer', async () => {
    const received: unknown[] = []
    const server = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      received.push(JSON.parse(text))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ handled: true }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await state((environment) => {
      environment.connectors?.push({
        id: 'prv_100000000000000002',
        identifier: 'GMAIL',
        display_name: 'Gmail',
        auth_type: 'OAUTH',
        tools: [
          {
            name: 'gmail_greet',
            answer: { text: 'Dear {{params.name}}', n: '{{params.n}}', who: '{{identifier}}' },
          },
          { name: 'gmail_handle', handler: `http://127.0.0.1:${port}/` },
          {
            name: 'gmail_full',
            answer: { error: { status: 403, code: 'QUOTA', message: 'The mailbox is full.' } },
          },
        ],
      })
    })
    const call = (toolName: string, params: Record<string, string | number> = {}) =>
      sdk.tools.executeTool({ toolName, params, connector: 'gmail', identifier: 'default' })
    expect((await call('gmail_greet', { name: 'Ben', n: 2 })).data).toEqual({
      text: 'Dear Ben',
      n: 2,
      who: 'default',
    })
    expect((await call('gmail_fetch_mails')).data).toHaveProperty('messages')
    expect((await call('gmail_handle', { a: 1 })).data).toEqual({ handled: true })
    expect(received).toEqual([
      { tool: 'gmail_handle', params: { a: 1 }, identifier: 'default', connected_account_id: DEFAULT },
    ])
    await expect(call('gmail_full')).rejects.toMatchObject({
      toolErrorCode: 'QUOTA',
      toolErrorMessage: expect.stringContaining('The mailbox is full.'),
    })
    server.close()
  })

  it('with an invalid schema is refused when it is called, and says why', async () => {
    await state((environment) => {
      environment.connectors?.push({
        id: 'prv_100000000000000002',
        identifier: 'EXA',
        display_name: 'Exa',
        auth_type: 'API_KEY',
        tools: [
          { name: 'exa_broken', input_schema: { type: 'nothing' } },
          {
            name: 'exa_draft',
            input_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' },
          },
        ],
      })
    })
    const call = (toolName: string) =>
      sdk.tools.executeTool({ toolName, params: { a: 1 }, identifier: 'default' })
    await expect(call('exa_broken')).rejects.toThrow(/input_schema of exa_broken is not a JSON Schema/)
    expect((await call('exa_draft')).data).toEqual({ ok: true, params: { a: 1 } })
  })

  it('is exported as it was imported', async () => {
    const before = await control(local, 'GET', '/state')
    await control(local, 'PUT', '/state', before)
    expect(await control(local, 'GET', '/state')).toEqual(before)
    expect(before.environments[0].connectors).toMatchObject([{ identifier: 'c-apifymcp' }])
  })

  it('is refused with a tool that has both an answer and a handler', async () => {
    const seed = await control(local, 'GET', '/state')
    seed.environments[0].connectors[0].tools[0].handler = 'http://localhost:1/'
    expect(await control(local, 'PUT', '/state', seed)).toMatchObject({ code: 'seed_invalid' })
  })
})
