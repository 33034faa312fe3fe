import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEV, type Local, PRD, startLocal } from './local.js'

const APP = 'skc_100000000000000001'

let local: Local
let token: string
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  token = await local.client(DEV)
})
afterAll(() => local.close())

const call = (method: string, path: string, body?: unknown, as = token) =>
  local.rest(method, `/api/v1${path}`, { token: as, body })

/** The violations of an answer that refuses, by field. */
const violations = (body: {
  details: { validation_error_info: { field_violations: { field: string }[] } }[]
}) => body.details[0]?.validation_error_info.field_violations.map(({ field }) => field)

describe('clients', () => {
  it('are listed with their URIs and the ends of their secrets', async () => {
    const { status, body } = await call('GET', '/clients')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      total_size: 1,
      next_page_token: '',
      clients: [
        {
          id: APP,
          client_type: 'ENV',
          name: 'Development app',
          post_login_uris: ['http://localhost:3000/auth/callback'],
          initiate_login_uri: '',
          secrets: [{ secret_suffix: 'cret', status: 'ACTIVE' }],
        },
      ],
    })
    expect(JSON.stringify(body)).not.toContain('test_local_secret')
    expect((await call('GET', '/clients?filter.client_type=SPA')).body.clients).toEqual([])
  })

  it('are created, read, changed and deleted', async () => {
    const created = await call('POST', '/clients', {
      name: 'Shop',
      client_type: 'WEB_APP',
      post_login_uris: ['https://shop.example/callback'],
      custom_claims: [{ key: 'tier', value: 'gold' }],
      access_token_expiry: '600',
    })
    expect([created.status, created.body.client]).toMatchObject([
      200,
      { client_type: 'WEB_APP', name: 'Shop', access_token_expiry: '600', secrets: [] },
    ])
    const { id } = created.body.client
    expect(id).toMatch(/^skc_\d{18}$/)
    expect((await call('GET', `/clients/${id}`)).body).toEqual(created.body)
    const changed = await call('PATCH', `/clients/${id}`, {
      initiate_login_uri: 'https://shop.example/login',
    })
    expect(changed.body.client).toMatchObject({
      name: 'Shop',
      initiate_login_uri: 'https://shop.example/login',
      post_login_uris: ['https://shop.example/callback'],
    })
    expect(await call('DELETE', `/clients/${id}`)).toMatchObject({ status: 200, body: {} })
    expect((await call('GET', `/clients/${id}`)).status).toBe(404)
  })

  it('lose their last URI when a PATCH says so, and only then', async () => {
    const url = `/clients/${APP}`
    await call('PATCH', url, { initiate_login_uri: 'http://localhost:3000/login' })
    expect((await call('PATCH', url, { name: 'Other' })).body.client.post_login_uris).toHaveLength(1)
    expect((await call('PATCH', url, { post_login_uris: [] })).body.client).toMatchObject({
      name: 'Other',
      post_login_uris: [],
      post_logout_redirect_uris: ['http://localhost:3000/'],
    })
    expect((await call('PATCH', url, { initiate_login_uri: '' })).body.client.initiate_login_uri).toBe('')
  })

  it('have a type that is known, and a name', async () => {
    for (const client of [
      { name: 'X', client_type: 'ENV' },
      { name: 'X', client_type: 'other' },
      { name: '', client_type: 'SPA' },
    ]) {
      expect((await call('POST', '/clients', client)).status, JSON.stringify(client)).toBe(400)
    }
    expect((await call('PATCH', `/clients/${APP}`, { name: '' })).status).toBe(400)
  })

  it('of the environment itself stay, and those of another are not found', async () => {
    expect(await call('DELETE', `/clients/${APP}`)).toMatchObject({ status: 400, body: { code: 9 } })
    const other = await local.client(PRD)
    for (const [method, body] of [['GET'], ['PATCH', { name: 'Mine' }], ['DELETE']] as const) {
      expect((await call(method, `/clients/${APP}`, body, other)).status, method).toBe(404)
    }
    expect((await call('POST', `/clients/${APP}/secrets`, undefined, other)).status).toBe(404)
  })

  it('that may not use the API are refused by it', async () => {
    const { body } = await call('POST', '/clients', {
      name: 'Shop',
      client_type: 'WEB_APP',
      disallow_scalekit_api_access: true,
    })
    const { id } = body.client
    const own = await local.tokenFor({ client_id: id, resource: `${local.url}/${DEV}` })
    expect((await call('GET', '/organizations', undefined, own)).status).toBe(403)
    await call('PATCH', `/clients/${id}`, { disallow_scalekit_api_access: false })
    expect((await call('GET', '/organizations', undefined, own)).status).toBe(200)
  })
})

describe('the redirect URIs of a client', () => {
  const add = async (environment: string, uri: string) => {
    const as = await local.client(environment)
    const id = environment.replace('env_', 'skc_')
    const { body } = await call('GET', `/clients/${id}`, undefined, as)
    const uris = [...body.client.post_login_uris, uri]
    return call('PATCH', `/clients/${id}`, { post_login_uris: uris }, as)
  }

  it.each([
    ['https://app.example/callback', 200, 200],
    ['https://app.example:8443/callback', 200, 200],
    ['http://app.example/callback', 200, 400],
    ['http://localhost:4000/callback', 200, 400],
    ['http://127.0.0.1:4000/callback', 200, 400],
    ['http://[::1]:4000/callback', 200, 400],
    ['https://*.app.example/callback', 200, 400],
    ['https://auth-*.app.example/callback', 200, 400],
    ['https://*.auth.app.example:8443/callback', 200, 400],
    ['myapp://login/callback', 200, 200],
    ['com.example.app:/callback', 200, 200],
  ])('%s is accepted in DEV (%i) and judged in PRD (%i)', async (uri, dev, prd) => {
    expect([(await add(DEV, uri)).status, (await add(PRD, uri)).status]).toEqual([dev, prd])
  })

  it.each([
    'callback',
    '/callback',
    '//app.example/callback',
    'https:app.example/callback',
    'https:///app.example/callback',
    'https://app.example/callback?next=/',
    'https://app.example/callback?',
    'https://app.example/callback#',
    'https://app.example/callback#here',
    'https://user:pass@app.example/callback',
    'https://app.example\\@evil.example/',
    'https://app.example/call back',
    'https://app.example/\n',
    'https://äpp.example/callback',
    'https://*/callback',
    'https://*.example/callback',
    'https://*.vercel.app/callback',
    'https://my-*.co.uk/callback',
    'https://a.*.example/callback',
    'https://*.*.app.example/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    'view-source:https://app.example/',
    'https://app.example/*',
    'https://app.*.example/callback',
    'https://auth.*.app.example/callback',
    'https://a*b*.app.example/callback',
    'myapp://*.app.example/callback',
    'https://app.example:*/callback',
    `https://app.example/${'x'.repeat(256)}`,
    '',
  ])('%j is refused', async (uri) => {
    const answer = await add(DEV, uri)
    expect([answer.status, violations(answer.body)]).toEqual([400, ['client.post_login_uris[1]']])
  })

  it.each(['WEB_APP', 'SPA', 'NTV'])(
    'follow the same rules for a client of the type %s',
    async (client_type) => {
      const uris = ['myapp://login/callback', 'http://app.test:5173', 'https://*.app.example/']
      const made = await call('POST', '/clients', {
        ...{ name: 'X', client_type, post_login_uris: uris, post_logout_redirect_uris: uris },
        initiate_login_uri: 'myapp://login',
      })
      expect(made.status).toBe(200)
    },
  )

  it('are never those to which browsers themselves react, nor a scheme for the back channel', async () => {
    for (const post_login_uris of [['javascript:alert(1)'], ['ws://app.example/']])
      expect(
        (await call('POST', '/clients', { name: 'X', client_type: 'NTV', post_login_uris })).status,
      ).toBe(400)
    const answer = await call('PATCH', `/clients/${APP}`, { back_channel_logout_uris: ['myapp://logout'] })
    expect(violations(answer.body)).toEqual(['client.back_channel_logout_uris[0]'])
  })

  it('are judged in every field, and may not repeat', async () => {
    const answer = await call('PATCH', `/clients/${APP}`, {
      post_logout_redirect_uris: ['https://a.example/', 'nowhere'],
      initiate_login_uri: 'javascript:alert(1)',
    })
    expect(violations(answer.body)).toEqual([
      'client.post_logout_redirect_uris[1]',
      'client.initiate_login_uri[0]',
    ])
    const twice = ['https://a.example/', 'https://a.example/']
    expect((await call('PATCH', `/clients/${APP}`, { post_login_uris: twice })).status).toBe(400)
    expect((await call('GET', `/clients/${APP}`)).body.client.initiate_login_uri).toBe('')
  })
})

describe('addresses of a client that are used as they are', () => {
  it.each([
    { initiate_login_uri: 'https://*.x.example/login' },
    { back_channel_logout_uris: ['https://*.x.example/bcl'] },
  ])('have no wildcard: %j', async (fields) => {
    const { status, body } = await call('PATCH', `/clients/${APP}`, fields)
    expect([status, violations(body)]).toEqual([400, [`client.${Object.keys(fields)[0]}[0]`]])
  })
})

describe('the secrets of a client', () => {
  const signIn = (secret: string) =>
    new Scalekit(`${local.url}/${DEV}`, APP, secret).organization.listOrganization({ pageSize: 1 })

  it('are shown once, work, and end', async () => {
    const { body } = await call('POST', `/clients/${APP}/secrets`)
    expect(body.plain_secret.length).toBeGreaterThan(40)
    expect(body.secret).toMatchObject({ secret_suffix: body.plain_secret.slice(-4), status: 'ACTIVE' })
    expect((await signIn(body.plain_secret)).totalSize).toBe(5)
    const shown = await call('GET', `/clients/${APP}`)
    expect(shown.body.client.secrets).toHaveLength(2)
    expect(JSON.stringify(shown.body)).not.toContain(body.plain_secret)
    const rows = await local.database.db.selectFrom('clients').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(body.plain_secret)

    const url = `/clients/${APP}/secrets/${body.secret.id}`
    expect((await call('PATCH', url, { status: 'INACTIVE' })).body.secret.status).toBe('INACTIVE')
    await expect(signIn(body.plain_secret)).rejects.toThrow()
    expect((await call('PUT', url, { status: 'ACTIVE' })).body.secret.status).toBe('ACTIVE')
    await signIn(body.plain_secret)
    expect((await call('DELETE', url)).status).toBe(200)
    await expect(signIn(body.plain_secret)).rejects.toThrow()
    expect((await call('DELETE', url)).status).toBe(404)
    expect((await call('PATCH', url, { status: 'ACTIVE' })).status).toBe(404)
  })

  it('name an unknown field only to who may call', async () => {
    const url = `/api/v1/clients/${APP}/secrets/sec_1`
    expect((await local.rest('PUT', url, { body: { nothing: 1 } })).status).toBe(401)
  })

  it('keep their status unless a request names another that exists', async () => {
    const { body } = await call('POST', `/clients/${APP}/secrets`)
    const url = `/clients/${APP}/secrets/${body.secret.id}`
    await call('PUT', url, { status: 'INACTIVE' })
    for (const verb of ['PUT', 'PATCH']) {
      for (const status of ['inactive', 'DISABLED', '', 7]) {
        const refused = await call(verb, url, { status })
        expect([refused.status, violations(refused.body)], String(status)).toEqual([400, ['secret.status']])
      }
      expect((await call(verb, url, {})).body.secret.status).toBe('INACTIVE')
    }
    await expect(signIn(body.plain_secret)).rejects.toThrow()
  })

  it('are not for clients that cannot keep one', async () => {
    const { body } = await call('POST', '/clients', { name: 'X', client_type: 'SPA' })
    expect(await call('POST', `/clients/${body.client.id}/secrets`)).toMatchObject({
      status: 400,
      body: { code: 9 },
    })
  })
})
