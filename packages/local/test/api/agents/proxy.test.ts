import http from 'node:http'
import { ScalekitServerException, ScalekitUnauthorizedException } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEV, type Local, PRD, startLocal } from '../local.js'
import { consent } from './consent.js'
import { control, requestsOf } from './control.js'
import { addProvider, ProviderApi } from './provider-api.js'

const GMAIL = 'conn_100000000000000003'
const PROFILE = '/gmail/v1/users/me/profile'
const MINE = { connectionName: 'gmail', identifier: 'default' }

let local: Local
let upstream: ProviderApi
let token: string
let sdk: ReturnType<Local['sdk']>
beforeAll(async () => {
  local = await startLocal()
  upstream = await ProviderApi.start()
})
beforeEach(async () => {
  await local.reset()
  upstream.received.length = 0
  token = await local.client(DEV)
  sdk = local.sdk(DEV)
  // The SDK has a token after its first other call.
  await sdk.actions.getConnectedAccount(MINE)
})
afterAll(async () => {
  await upstream.stop()
  await local.close()
})

/** A call as any HTTP client sends it. */
const send = (path: string, init: RequestInit = {}) =>
  fetch(`${local.url}/${DEV}/proxy${path}`, { redirect: 'manual', headers: mine(), ...init })
const mine = (more: Record<string, string> = {}) => ({
  ...{ authorization: token, connection_name: 'gmail', identifier: 'default' },
  ...more,
})

/** What the SDK has of an answer that is an error. */
async function failure(call: Promise<unknown>) {
  const error = await call.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ScalekitServerException)
  const { errDetails } = error as { errDetails: { message: string } }
  return [(error as Error).name, errDetails.message]
}

async function refusal(answer: Response | Promise<Response>) {
  const response = await answer
  const body = (await response.json()) as { message: string; details: { error_code: string }[] }
  return [response.status, body.details[0]?.error_code, body.message]
}

/** An account of `ben` at a provider of the developer's own. */
async function account(connector: string, details: object, api_config: object = {}): Promise<void> {
  const connected_account = { authorization_details: { static_auth: { details } }, api_config }
  const body = { connector, identifier: 'ben', connected_account }
  await local.rest('POST', '/api/v1/connected_accounts', { token, body })
}

const asBen = (connectionName: string) => ({ connectionName, identifier: 'ben' })

describe('the proxy to a simulated provider', () => {
  it('answers what people call first, as the user of the account', async () => {
    const { link } = await sdk.actions.getAuthorizationLink({ connectionName: 'gmail', identifier: 'ben' })
    await consent(link)
    const profile = await sdk.actions.request({ ...asBen('gmail'), path: PROFILE })
    expect([profile.status, profile.data]).toEqual([
      200,
      expect.objectContaining({ emailAddress: 'ben', messagesTotal: 2 }),
    ])
    const user = await sdk.actions.request({ connectionName: 'github', identifier: 'default', path: 'user' })
    expect(user.data).toMatchObject({ login: 'ana', email: 'default' })
    const message = { channel: '#general', text: 'Hi' }
    const sent = await sdk.actions.request({
      ...{ connectionName: 'slack', identifier: 'default', path: '/api/chat.postMessage' },
      ...{ method: 'POST', body: message },
    })
    expect(sent.data).toMatchObject({ ok: true, channel: '#general', message: { text: 'Hi' } })
  })

  it('says which answer is missing, and returns what the seed adds', async () => {
    const missing = await send('/gmail/v1/users/me/drafts')
    expect([missing.status, await missing.text()]).toEqual([
      404,
      expect.stringContaining('has no answer for GET /gmail/v1/users/me/drafts'),
    ])
    const seed = await control(local, 'GET', '/state')
    seed.environments[0].connectors.push({
      ...{ id: 'prv_100000000000000002', identifier: 'GMAIL', display_name: 'Gmail', auth_type: 'OAUTH' },
      requests: [
        { path: PROFILE, answer: { emailAddress: 'ana@gmail.example', asked: '{{query.fields}}' } },
        {
          method: 'PUT',
          path: '/labels/{id}',
          status: 202,
          answer: { id: '{{path.id}}', name: '{{body.name}}' },
        },
      ],
    })
    expect(await control(local, 'PUT', '/state', seed)).toHaveProperty('status')
    expect(await (await send(`${PROFILE}?fields=emailAddress`)).json()).toEqual({
      emailAddress: 'ana@gmail.example',
      asked: 'emailAddress',
    })
    const label = await send('/labels/7', {
      method: 'PUT',
      headers: mine({ 'content-type': 'application/json' }),
      body: JSON.stringify({ name: 'Customers' }),
    })
    expect([label.status, await label.json()]).toEqual([202, { id: '7', name: 'Customers' }])
    expect(await (await send('/gmail/v1/users/me/messages')).json()).toHaveProperty('messages')
    expect((await control(local, 'GET', '/state')).environments[0].connectors).toHaveLength(2)
  })

  it('refreshes a token that is due, and passes on that the provider refuses a revoked one', async () => {
    const { link } = await sdk.actions.getAuthorizationLink({ connectionName: 'gmail', identifier: 'ben' })
    await consent(link)
    const { connectedAccount } = await sdk.actions.getConnectedAccount(asBen('gmail'))
    const before = await requestsOf(local, `/simulator/${GMAIL}/oauth/token`)
    local.wait(58 * 60_000)
    expect((await sdk.actions.request({ ...asBen('gmail'), path: PROFILE })).status).toBe(200)
    expect(await requestsOf(local, `/simulator/${GMAIL}/oauth/token`)).toBe(before + 1)
    await control(local, 'POST', `/connected-accounts/${connectedAccount?.id}/revoke`)
    const refused = sdk.actions.request({ ...asBen('gmail'), path: PROFILE })
    await expect(refused).rejects.toThrow(ScalekitUnauthorizedException)
  })
})

describe('what a provider of the developer’s own gets', () => {
  beforeEach(async () => {
    await addProvider(local, token, 'robots', { proxy_url: `${upstream.url}/v1/`, type: 'BEARER' })
    await account('robots', { token: 'their-secret' })
  })
  const request = (more: object) => sdk.actions.request({ ...asBen('robots'), path: '/things', ...more })

  it('is the request of the official SDK: JSON, a form, XML and lists in the query', async () => {
    await request({ method: 'post', body: { a: 1 }, queryParams: { q: 'two words', tags: ['a', 'b'] } })
    expect(upstream.last).toMatchObject({
      ...{ method: 'POST', url: '/v1/things?q=two+words&tags%5B%5D=a&tags%5B%5D=b', body: '{"a":1}' },
      headers: { 'content-type': expect.stringContaining('application/json') },
    })
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    await request({ method: 'POST', formData: { name: 'Rob & Bob' }, headers: form })
    expect(upstream.last).toMatchObject({
      ...{ method: 'POST', body: 'name=Rob+%26+Bob' },
      headers: { 'content-type': expect.stringContaining('form-urlencoded') },
    })
    const soap = '<soap:Envelope><Ping/></soap:Envelope>'
    await request({ method: 'PUT', body: soap, headers: { 'Content-Type': 'text/xml' } })
    expect(upstream.last).toMatchObject({
      method: 'PUT',
      body: soap,
      headers: { 'content-type': 'text/xml' },
    })
    await request({ method: 'DELETE', path: 'things/7' })
    expect(upstream.last).toMatchObject({ method: 'DELETE', url: '/v1/things/7', body: '' })
  })

  it('has the credentials of the account, and nothing that is for the environment', async () => {
    await request({ headers: { 'x-mine': 'kept', cookie: 'a=b' } })
    const { headers } = upstream.last ?? {}
    expect(headers).toMatchObject({
      ...{ authorization: 'Bearer their-secret', 'x-mine': 'kept' },
      host: new URL(upstream.url).host,
    })
    for (const name of ['connection_name', 'identifier', 'cookie', 'x-forwarded-proto'])
      expect(headers).not.toHaveProperty(name)
    expect(JSON.stringify(upstream.received)).not.toContain(token)
    expect(JSON.stringify(await control(local, 'GET', '/requests'))).not.toContain('their-secret')
  })

  it('has the path and the query as they were sent', async () => {
    const path = '/a%20b;c/%C3%A4/{x}//d?e=%2F&f=a/../b&g=%5C'
    const { port } = new URL(local.url)
    const headers = mine({ connection_name: 'robots', identifier: 'ben' })
    await new Promise((resolve) =>
      http.get({ port, path: `/${DEV}/proxy${path}`, headers, host: 'localhost' }, (answer) =>
        answer.resume().once('end', resolve),
      ),
    )
    expect(upstream.last?.url).toBe(`/v1${path}`)
  })

  it('arrives in the headers and fields that the provider has chosen', async () => {
    const pattern = {
      auth_header_key_override: 'X-Robot-Key',
      auth_field_mutations: { api_key: { prefix: 'Robot ', suffix: '!' } },
    }
    await addProvider(local, token, 'keys', { proxy_url: upstream.url, pattern })
    await account('keys', { api_key: 'k' })
    await sdk.actions.request({ ...asBen('keys'), path: '/' })
    expect(upstream.last?.headers).toMatchObject({ 'x-robot-key': 'Robot k!' })
    expect(upstream.last?.headers).not.toHaveProperty('authorization')
    const basic = { auth_field_mutations: { password: { default: 'X' } } }
    await addProvider(local, token, 'desk', { proxy_url: upstream.url, type: 'BASIC', pattern: basic })
    await account('desk', { username: 'key' })
    await sdk.actions.request({ ...asBen('desk'), path: '/' })
    expect(upstream.last?.headers.authorization).toBe(`Basic ${Buffer.from('key:X').toString('base64')}`)
    await addProvider(local, token, 'raw', { proxy_url: upstream.url })
    await account('raw', { api_key: 'k' })
    await sdk.actions.request({ ...asBen('raw'), path: '/' })
    expect(upstream.last?.headers.authorization).toBe('k')
  })

  it('is at the address that the account has for its placeholders', async () => {
    const { host } = new URL(upstream.url)
    await addProvider(local, token, 'tenants', { proxy_url: 'http://localhost:{{port}}/{{region}}' })
    await account(
      'tenants',
      { api_key: 'k', port: host.split(':')[1] },
      { path_variables: { region: 'eu-1' } },
    )
    await sdk.actions.request({ ...asBen('tenants'), path: '/x' })
    expect(upstream.last?.url).toBe('/eu-1/x')
  })

  it.each([
    ...['POST', 'GET', 'REPORT'].map((method) => [method, { 'transfer-encoding': 'chunked' }] as const),
    ['GET', { 'content-length': '12', connection: 'content-length, x-hop', 'x-hop': '1' }] as const,
  ])('is the whole body of a %s request with %o', async (method, framing) => {
    const { port } = new URL(local.url)
    await new Promise((resolve, reject) => {
      const headers = { ...mine({ connection_name: 'robots', identifier: 'ben' }), ...framing }
      const options = { port, method, headers, host: 'localhost', path: `/${DEV}/proxy/things` }
      const request = http.request(options, (answer) => answer.resume().once('end', resolve))
      request.once('error', reject)
      request.write('first ')
      request.end('second')
    })
    expect(upstream.received).toMatchObject([{ method, body: 'first second' }])
    expect(upstream.last?.headers).not.toHaveProperty('x-hop')
  })
})

describe('what a caller gets', () => {
  const call = (path: string, init?: RequestInit) =>
    send(path, { headers: mine({ connection_name: 'robots', identifier: 'ben' }), ...init })
  beforeEach(async () => {
    await addProvider(local, token, 'robots', { proxy_url: upstream.url, type: 'BEARER' })
    await account('robots', { token: 'their-secret' })
  })

  it('is the status, the headers and the body of the provider, without its cookies', async () => {
    const answer = await call('/teapot')
    expect([answer.status, answer.headers.get('x-brew'), await answer.text()]).toEqual([
      418,
      'tea',
      'short and stout',
    ])
    expect(answer.headers.has('set-cookie')).toBe(false)
    const head = await call('/things', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'application/json',
      '',
    ])
  })

  it('is a redirect, which nobody follows with the credentials', async () => {
    const moved = await call('/moved')
    expect([moved.status, moved.headers.get('location')]).toEqual([302, 'https://evil.example/take'])
    expect(upstream.received).toHaveLength(1)
  })

  it('is the answer of a provider that reads no further, and of any length', async () => {
    const body = 'x'.repeat(8 * 1024 * 1024)
    const full = await call('/full', { method: 'POST', body })
    expect([full.status, await full.text()]).toEqual([413, 'too much'])
    const whole = (await (await call('/things', { method: 'POST', body })).json()) as { body: string }
    expect(whole.body).toHaveLength(body.length)
  })

  it('breaks off where that of the provider does', async () => {
    const broken = await call('/broken')
    expect(broken.status).toBe(200)
    await expect(broken.text()).rejects.toThrow()
  })

  it('is an error of the API where the provider cannot be reached', async () => {
    expect(await refusal(call('/silent'))).toEqual([
      502,
      'UNAVAILABLE',
      expect.stringContaining('did not answer'),
    ])
  })
})

describe('the proxy refuses', () => {
  it('a call without a token of a client of the environment, and says what a cold SDK does', async () => {
    const cold = local.sdk(DEV).actions.request({ ...MINE, path: PROFILE })
    expect(await failure(cold)).toEqual([
      'ScalekitUnauthorizedException',
      expect.stringContaining('sends no token if `actions.request` is the first call'),
    ])
    const others = [
      await local.client(PRD),
      await local.session('usr_100000000000000101'),
      'Bearer x',
      'Basic eDp5',
    ]
    for (const authorization of others) {
      const answer = await send(PROFILE, {
        headers: { authorization, connection_name: 'gmail', identifier: 'default' },
      })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
      expect((await refusal(answer)).slice(0, 2)).toEqual([401, 'UNAUTHENTICATED'])
    }
    expect(await requestsOf(local, `/simulator/${GMAIL}/api${PROFILE}`)).toBe(0)
  })

  it('a client that may not use the API', async () => {
    const client = { name: 'Barred', client_type: 'WEB_APP', disallow_scalekit_api_access: true }
    const made = await local.rest('POST', '/api/v1/clients', { token, body: client })
    const authorization = await local.tokenFor({
      client_id: made.body.client.id,
      resource: `${local.url}/${DEV}`,
    })
    expect((await refusal(send(PROFILE, { headers: mine({ authorization }) }))).slice(0, 2)).toEqual([
      403,
      'PERMISSION_DENIED',
    ])
  })

  it('a call without one connection and one identifier, or for an account that does not exist', async () => {
    const headers = (more: Record<string, string>) => ({ headers: { authorization: token, ...more } })
    expect(await refusal(send(PROFILE, headers({ identifier: 'default' })))).toEqual([
      ...[400, 'INVALID_ARGUMENT'],
      expect.stringContaining('connection_name'),
    ])
    expect(
      await refusal(send(PROFILE, headers({ connection_name: 'nowhere', identifier: 'default' }))),
    ).toEqual([...[404, 'NOT_FOUND'], expect.stringContaining('connection not found')])
    const nobody = headers({ connection_name: 'gmail', identifier: 'nobody' })
    expect((await refusal(send(PROFILE, nobody))).slice(0, 2)).toEqual([404, 'NOT_FOUND'])
  })

  it('an account that is not active, and a connection that is disabled', async () => {
    const pending = sdk.actions.request({
      connectionName: 'gmail',
      identifier: 'ana@acme.example',
      path: PROFILE,
    })
    const refusedAs = (text: string) => ['ScalekitBadRequestException', expect.stringContaining(text)]
    expect(await failure(pending)).toEqual(refusedAs('PENDING_AUTH'))
    await local.rest('PATCH', `/api/v1/connections/${GMAIL}:disable`, { token })
    expect(await failure(sdk.actions.request({ ...MINE, path: PROFILE }))).toEqual(refusedAs('not enabled'))
  })

  it('a provider that is not called through it', async () => {
    const off = sdk.actions.request({ connectionName: 'apifymcp', identifier: 'default', path: '/' })
    const refused = ['ScalekitBadRequestException', expect.stringMatching(/^proxy not enabled for provider/)]
    expect(await failure(off)).toEqual(refused)
    await addProvider(local, token, 'robots', { proxy_url: upstream.url, proxy_enabled: false })
    await account('robots', { api_key: 'k' })
    const custom = sdk.actions.request({ ...asBen('robots'), path: '/' })
    expect(await failure(custom)).toEqual(refused)
  })

  it.each(['/../x', '/a/%2e%2E/x', '/a/./x', '/a%2fb', '/a%2Fb', '/a\\b', '/a%5cb', '/%00'])(
    'a path that leads elsewhere: %s',
    async (path) => {
      const { port } = new URL(local.url)
      const headers = mine()
      const status = await new Promise((resolve) =>
        http.get({ port, path: `/${DEV}/proxy${path}`, headers, host: 'localhost' }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        }),
      )
      expect(status).toBe(400)
    },
  )

  it('values of an account that would lead to another host, and credentials that no header can have', async () => {
    await addProvider(local, token, 'tenants', { proxy_url: 'https://{{domain}}/api', type: 'BEARER' })
    for (const [index, domain] of ['evil.example/?', 'me@evil.example', 'a#b', '..', '', 'a b'].entries()) {
      const identifier = `user-${index}`
      const details = { token: 't', domain }
      const connected_account = { authorization_details: { static_auth: { details } } }
      const body = { connector: 'tenants', identifier, connected_account }
      await local.rest('POST', '/api/v1/connected_accounts', { token, body })
      const call = sdk.actions.request({ connectionName: 'tenants', identifier, path: '/' })
      const problem = /has (no domain|a domain that is not a host name)/
      expect(await failure(call), domain).toEqual([expect.anything(), expect.stringMatching(problem)])
    }
    await addProvider(local, token, 'robots', { proxy_url: upstream.url, type: 'BEARER' })
    await account('robots', { token: 'a\r\nx-evil: 1' })
    expect(await failure(sdk.actions.request({ ...asBen('robots'), path: '/' }))).toEqual([
      expect.anything(),
      expect.stringContaining('no header can have'),
    ])
    expect(upstream.received).toEqual([])
  })

  it('to return credentials, and a provider whose header frames a request', async () => {
    const { port } = new URL(local.url)
    const status = await new Promise((resolve) => {
      const headers = mine()
      const options = { port, method: 'TRACE', headers, host: 'localhost', path: `/${DEV}/proxy${PROFILE}` }
      http.request(options, (answer) => resolve(answer.resume().statusCode)).end()
    })
    expect(status).toBe(400)
    const body = {
      ...{ display_name: 'Evil', proxy_url: 'https://evil.example', proxy_enabled: true },
      auth_patterns: [{ type: 'API_KEY', auth_header_key_override: 'Transfer-Encoding' }],
    }
    const made = await local.rest('POST', '/api/v1/custom-providers', { token, body })
    expect([made.status, made.body.message]).toEqual([
      400,
      expect.stringContaining('auth_header_key_override'),
    ])
  })
})

it('a call through the proxy is no tool call, and is noted at the account', async () => {
  await sdk.actions.request({ ...MINE, path: PROFILE })
  const logs = await local.rest('GET', '/api/v1/agentkit/tool_call_logs', { token })
  expect(logs.body.tool_call_logs).toEqual([])
  const details = await local.rest(
    'GET',
    '/api/v1/connected_accounts/details?connector=gmail&identifier=default',
    {
      token,
    },
  )
  expect(details.body.connected_account.last_used_at).toMatch(/Z$/)
})
