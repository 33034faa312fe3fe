import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { postForm } from '../oauth/authorization-code.js'

const DEV = 'env_100000000000000001'
const CLIENT = { client_id: 'skc_100000000000000001', client_secret: 'test_local_secret' }
const CREATE = 'scalekit.v1.organizations.OrganizationService/CreateOrganization'

let local: LocalScalekit
let token: string
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  token = await accessToken()
})
afterEach(() => control('faults', { method: 'DELETE' }))
afterAll(() => local.close())

function control(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${local.url}/__local/${path}`, {
    ...init,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
  })
}

async function fault(body: Record<string, unknown>): Promise<string> {
  const response = await control('faults', { method: 'POST', body: JSON.stringify(body) })
  expect(response.status).toBe(200)
  return ((await response.json()) as { id: string }).id
}

function requestToken(): Promise<Response> {
  return postForm(`${local.url}/${DEV}/oauth/token`, { grant_type: 'client_credentials', ...CLIENT })
}

async function accessToken(): Promise<string> {
  return ((await (await requestToken()).json()) as { access_token: string }).access_token
}

function list(init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` }
  return fetch(`${local.url}/${DEV}/api/v1/organizations`, { headers, ...init })
}

const create = (display_name: string) => list({ method: 'POST', body: JSON.stringify({ display_name }) })

async function organizations(): Promise<string[]> {
  const rows = await local.database.db.selectFrom('organizations').select('display_name').execute()
  return rows.map((row) => row.display_name)
}

const sdk = () => new Scalekit(`${local.url}/${DEV}`, CLIENT.client_id, CLIENT.client_secret)

/** What `fetch` says when there is no answer, or only a part of one. */
async function failure(attempt: Promise<Response>): Promise<string> {
  try {
    return await (await attempt).text()
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    return cause instanceof Error && 'code' in cause ? String(cause.code) : String(error)
  }
}

describe('a fault', () => {
  it('answers REST with the error of the API, once', async () => {
    await fault({ status: 500 })
    const refused = await list()
    expect(refused.status).toBe(500)
    expect(await refused.json()).toMatchObject({
      code: 13,
      message: expect.any(String),
      details: [{ '@type': expect.stringContaining('ErrorInfo'), error_code: 'INTERNAL' }],
    })
    expect((await list()).status).toBe(200)
  })

  it('answers a token request with an OAuth error', async () => {
    await fault({ match: { path: '/oauth/token' }, status: 429, retry_after: 7, times: 2 })
    expect((await list()).status).toBe(200)
    for (const _ of [1, 2]) {
      const limited = await requestToken()
      expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
      expect(await limited.json()).toMatchObject({ error: 'too_many_requests' })
    }
    expect((await requestToken()).status).toBe(200)
  })

  it('answers gRPC with a typed error, and an RPC is the same one in every protocol', async () => {
    await fault({ match: { path: 'ListOrganization' }, status: 429, times: 3 })
    await expect(sdk().organization.listOrganization({ pageSize: 1 })).rejects.toMatchObject({
      name: 'ScalekitTooManyRequestsException',
    })
    expect((await list()).status).toBe(429)
    const connect = await fetch(
      `${local.url}/${DEV}/scalekit.v1.organizations.OrganizationService/ListOrganization`,
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
    )
    expect(connect.status).toBe(429)
    expect(await connect.json()).toMatchObject({ code: 'resource_exhausted' })
  })

  it('is retried by the official SDK when the API is unavailable', async () => {
    await fault({ match: { path: CREATE }, status: 503 })
    const { organization } = await sdk().organization.createOrganization('Second attempt')
    expect(organization?.displayName).toBe('Second attempt')
  })

  it.each([
    [
      'malformed JSON',
      { body: '{"organizations":[', status: 200 },
      200,
      '{"organizations":[',
      'application/json',
    ],
    ['a page', { body: '<h1>Hello</h1>', content_type: 'text/html' }, 200, '<h1>Hello</h1>', 'text/html'],
    [
      'a proxy’s page',
      { status: 502, body: '<h1>Bad</h1>', content_type: 'text/html' },
      502,
      '<h1>Bad</h1>',
      'text/html',
    ],
    ['nothing', { body: '' }, 200, '', 'application/json'],
    ['a success without a body', { status: 204 }, 204, '', 'application/json'],
  ])('answers %s', async (_name, body, status, text, type) => {
    await fault(body)
    const response = await list()
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([
      status,
      text,
      type,
    ])
  })

  it('redirects', async () => {
    await fault({ location: 'https://elsewhere.example/' })
    const response = await list({ redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://elsewhere.example/'])
  })

  it('drops the connection before the work, or after it', async () => {
    await fault({ match: { method: 'post' }, drop: 'before' })
    expect(await failure(create('Dropped before'))).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
    await fault({ match: { method: 'POST' }, drop: 'after' })
    expect(await failure(create('Dropped after'))).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
    const names = await organizations()
    expect(names).not.toContain('Dropped before')
    expect(names).toContain('Dropped after')
    const { requests } = (await (await control('requests')).json()) as { requests: { status: number }[] }
    expect(requests.slice(-2).map(({ status }) => status)).toEqual([0, 0])
  })

  it('drops a gRPC connection after the work', async () => {
    const client = sdk()
    // The SDK signs in when its first call is refused.
    await client.organization.listOrganization({ pageSize: 1 })
    await fault({ match: { path: CREATE }, drop: 'after', times: 0 })
    await expect(client.organization.createOrganization('Dropped gRPC')).rejects.toThrow()
    expect(await organizations()).toContain('Dropped gRPC')
  })

  it('cuts the answer', async () => {
    await fault({ truncate: true })
    const whole = await (await list()).text().catch(() => 'cut')
    expect(whole).toBe('cut')
    await fault({ match: { path: '/oauth/token' }, truncate: true })
    expect(await failure(requestToken())).toMatch(/terminated|UND_ERR/)
    await fault({ match: { path: 'ListOrganization' }, truncate: true, times: 0 })
    await expect(sdk().organization.listOrganization({ pageSize: 1 })).rejects.toThrow()
  })

  it('waits first, so that a client gives up', async () => {
    await fault({ latency_ms: 120_000 })
    const leaving = new AbortController()
    const attempt = list({ signal: leaving.signal })
    const refused = expect(attempt).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(async () => (await control('faults')).json()).toEqual({ faults: [] })
    leaving.abort()
    await refused
    await fault({ latency_ms: 1, status: 503 })
    expect((await list()).status).toBe(503)
  })

  it('is for the requests that it matches', async () => {
    await fault({ match: { realm: 'env_100000000000000002' }, status: 500, times: 0 })
    await fault({ match: { method: 'DELETE' }, status: 500, times: 0 })
    await fault({ match: { path: '/api/v1/users' }, status: 500, times: 0 })
    await fault({ match: { path: 'GetOrganization' }, status: 500, times: 0 })
    expect((await list()).status).toBe(200)
    expect((await fetch(`${local.url}/env_100000000000000002/keys`)).status).toBe(500)
    expect((await fetch(`${local.url}/${DEV}/api/v1/organizations/org_100000000000000001`)).status).toBe(500)
  })
})

describe('the list of faults', () => {
  it('shows what is waiting, and forgets what is deleted', async () => {
    const id = await fault({ status: 500, times: 0 })
    const other = await fault({ match: { path: '/nowhere' }, drop: 'before' })
    await list()
    const { faults } = (await (await control('faults')).json()) as { faults: unknown[] }
    expect(faults).toMatchObject([
      { id, status: 500, used: 1 },
      { id: other, used: 0 },
    ])
    expect((await control(`faults/${id}`, { method: 'DELETE' })).status).toBe(200)
    expect((await list()).status).toBe(200)
    const again = await control(`faults/${id}`, { method: 'DELETE' })
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([404, 'not_found'])
    await control('faults', { method: 'DELETE' })
    expect(await (await control('faults')).json()).toEqual({ faults: [] })
  })

  it.each([
    [{}, /say what goes wrong/],
    [{ status: 500, drop: 'before' }, /choose one of/],
    [{ status: 99 }, /status/],
    [{ status: 500, when: 'later' }, /when/],
  ])('says what to send instead of %j', async (body, message) => {
    const response = await control('faults', { method: 'POST', body: JSON.stringify(body) })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'request_invalid',
      message: expect.stringMatching(message),
    })
  })
})
