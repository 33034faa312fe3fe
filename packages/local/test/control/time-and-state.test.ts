import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { DATA_TABLES } from '../../src/storage/tables.js'
import { emptyStorage } from '../empty-storage.js'
import {
  authorize,
  claimsOf,
  introspect,
  pkce,
  postForm,
  REDIRECT_URI,
  redeem,
  register,
  signIn,
  type Tokens,
} from '../oauth/authorization-code.js'
import { Browser } from '../oauth/browser.js'

const DEV = 'env_100000000000000001'
const HOUR = 3600

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterEach(() => control('reset', 'POST'))
afterAll(() => local.close())

async function control(path: string, method = 'GET', body?: unknown) {
  const response = await fetch(`${local.url}/__local/${path}`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const advance = (seconds: number) => control('clock', 'POST', { advance: seconds })

describe('the clock', () => {
  it('expires a code that waits too long', async () => {
    const { client_id } = await register(local.url)
    const { verifier, challenge } = pkce()
    const issuer = `${local.url}/workspace/resources/res_100000000000000001`
    for (const [seconds, status] of [
      [55, 200],
      [65, 400],
    ] as const) {
      const redirect = await authorize({ issuer, client_id, challenge })
      await advance(seconds)
      expect((await redeem(issuer, client_id, redirect, verifier)).status).toBe(status)
    }
  })

  it('expires access tokens, and then refresh tokens', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const refresh = (refresh_token: string) =>
      postForm(`${issuer}/oauth/token`, { grant_type: 'refresh_token', client_id, refresh_token })
    expect(await introspect(local.url, tokens.access_token)).toMatchObject({ active: true })
    await advance(2 * HOUR)
    expect(await introspect(local.url, tokens.access_token)).toEqual({ active: false })
    const next = (await (await refresh(tokens.refresh_token)).json()) as Tokens
    expect(await introspect(local.url, next.access_token)).toMatchObject({ active: true })
    await advance(31 * 24 * HOUR)
    expect((await refresh(next.refresh_token)).status).toBe(400)
  })

  it('goes back too, and is in every token', async () => {
    await control('clock', 'POST', { set: '2020-02-29T12:00:00Z' })
    const started = Date.parse('2020-02-29T12:00:00Z') / 1000
    const { verifier, challenge } = pkce()
    const client = { client_id: 'skc_100000000000000001', client_secret: 'test_local_secret' }
    const params = { scope: 'openid', redirect_uri: 'http://localhost:3000/auth/callback' }
    const issuer = `${local.url}/${DEV}`
    const redirect = await authorize({ issuer, challenge, person: 'ana@acme.example', ...client, params })
    const response = await redeem(issuer, client.client_id, redirect, verifier, { ...client, ...params })
    const tokens = (await response.json()) as Tokens
    for (const token of [tokens.access_token, tokens.id_token ?? '']) {
      const { iat, exp } = claimsOf(token)
      expect(Number(iat)).toBeGreaterThanOrEqual(started)
      expect(Number(iat)).toBeLessThan(started + 60)
      expect(Number(exp)).toBeLessThan(started + 2 * HOUR)
    }
    const keys = (await (await fetch(`${issuer}/keys`)).json()) as { keys: { kid: string }[] }
    const [header = ''] = (tokens.id_token ?? '').split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'RS256',
      kid: keys.keys[0]?.kid,
    })
  })

  it('is the one that sign-ins last by', async () => {
    const browser = new Browser()
    const { client_id } = await register(local.url)
    const open = () => {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id,
        redirect_uri: REDIRECT_URI,
        code_challenge: pkce().challenge,
        code_challenge_method: 'S256',
      })
      return browser.follow(
        `${local.url}/workspace/resources/res_100000000000000001/oauth/authorize?${query}`,
      )
    }
    const first = await open()
    await browser.submit(first.url, first.page ?? '', { email: 'admin@example.com' })
    await advance(13 * 24 * HOUR)
    expect((await open()).page).toContain('value="allow"')
    await advance(18 * 24 * HOUR)
    expect((await open()).page).toContain('Continue as')
  })

  it('is put back, and by a reset', async () => {
    const now = async () => Date.parse(String((await control('clock')).body.now))
    await advance(24 * HOUR)
    expect(await now()).toBeGreaterThan(Date.now() + 23 * HOUR * 1000)
    await control('clock', 'DELETE')
    expect(Math.abs((await now()) - Date.now())).toBeLessThan(HOUR * 1000)
    await advance(24 * HOUR)
    await control('reset', 'POST')
    expect(Math.abs((await now()) - Date.now())).toBeLessThan(HOUR * 1000)
  })

  it.each([[{}], [{ advance: 1, set: '2020-01-01T00:00:00Z' }], [{ set: 'tomorrow' }], [{ advance: 1e12 }]])(
    'refuses %j',
    async (body) => {
      expect((await control('clock', 'POST', body)).status).toBe(400)
    },
  )
})

describe('a snapshot', () => {
  const names = async () =>
    (await local.database.db.selectFrom('organizations').select('display_name').execute()).length

  it('brings everything back, sign-ins included, and survives a reset', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const { body: before } = await control('state')
    expect(await control('snapshots/before_it-all.1', 'POST')).toMatchObject({ status: 200 })
    await local.database.db.deleteFrom('environments').execute()
    expect(await names()).toBe(0)
    await control('reset', 'POST')
    expect((await control('snapshots')).body).toMatchObject({ snapshots: [{ name: 'before_it-all.1' }] })
    expect((await control('snapshots/before_it-all.1/restore', 'PUT')).status).toBe(200)
    expect((await control('state')).body).toEqual(before)
    const refreshed = await postForm(`${issuer}/oauth/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: tokens.refresh_token,
    })
    expect(refreshed.status).toBe(200)
    expect((await control('snapshots/before_it-all.1', 'DELETE')).status).toBe(200)
    expect((await control('snapshots')).body).toEqual({ snapshots: [] })
  })

  it('has every table that has data', async () => {
    const tables = await local.database.db.introspection.getTables()
    const names = tables.map(({ name }) => name)
    const control = ['control_state', 'pending_deliveries', 'sealing_keys']
    const others = [...control, 'schema_steps', 'signing_keys', 'snapshots']
    expect([...DATA_TABLES, ...others].sort()).toEqual(names.sort())
  })

  it('is replaced by one of the same name', async () => {
    const first = await names()
    await control('snapshots/one', 'POST')
    await local.database.db.deleteFrom('environments').execute()
    await control('snapshots/one', 'POST')
    await control('reset', 'POST')
    expect(await names()).toBe(first)
    await control('snapshots/one/restore', 'PUT')
    expect(await names()).toBe(0)
    await control('snapshots/one', 'DELETE')
  })

  it('that is not there is said so, and a name that is none', async () => {
    expect(await control('snapshots/none/restore', 'PUT')).toMatchObject({ status: 404 })
    expect(await control('snapshots/none', 'DELETE')).toMatchObject({ status: 404 })
    expect(await control('snapshots/a%20b', 'POST')).toMatchObject({ status: 400 })
  })
})
