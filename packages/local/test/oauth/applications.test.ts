import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, type Local, startLocal } from '../api/local.js'
import { claimsOf, pkce } from './authorization-code.js'
import { Browser } from './browser.js'
import { CALLBACK, CLIENT } from './sso-client.js'

const ANA = 'usr_100000000000000101'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

async function createClient(client_type: string, fields: Record<string, unknown>): Promise<string> {
  const { status, body } = await local.rest('POST', `/${DEV}/api/v1/clients`, {
    token: await local.client(DEV),
    body: { name: client_type, client_type, ...fields },
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.client.id
}

/** Opens an authorization request, and signs Ana in where a page asks. */
async function authorize(browser: Browser, params: Record<string, string>) {
  const query = new URLSearchParams({ response_type: 'code', scope: 'openid profile email', ...params })
  const at = await browser.follow(`${local.url}/${DEV}/oauth/authorize?${query}`)
  return at.page?.includes('name="csrf"') ? browser.submit(at.url, at.page, { person: ANA }) : at
}

function publicRequest(client_id: string, redirect_uri: string) {
  const { verifier, challenge } = pkce()
  const params = { client_id, redirect_uri, code_challenge: challenge, code_challenge_method: 'S256' }
  const redeem = async (back: string) => {
    const response = await fetch(`${local.url}/${DEV}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', client_id, redirect_uri, code_verifier: verifier },
        code: new URL(back).searchParams.get('code') ?? '',
      }),
    })
    return {
      status: response.status,
      body: (await response.json()) as { access_token: string; scope: string },
    }
  }
  return { params, redeem }
}

describe('the quickstart of a web application', () => {
  it.each<[string, Record<string, string>]>([
    ['no selector', {}],
    ['an organization', { organizationId: ACME }],
  ])('signs in with %s, with the SDK and without PKCE', async (_name, options) => {
    const scalekit = new Scalekit(`${local.url}/${DEV}`, CLIENT.client_id, CLIENT.client_secret)
    const scopes = ['openid', 'profile', 'email', 'offline_access']
    const url = scalekit.getAuthorizationUrl(CALLBACK, { scopes, state: 'a state', ...options })
    const browser = new Browser()
    const at = await browser.follow(url)
    const { searchParams } = new URL((await browser.submit(at.url, at.page ?? '', { person: ANA })).url)
    expect(searchParams.get('state')).toBe('a state')
    const code = searchParams.get('code') ?? ''
    const result = await scalekit.authenticateWithCode(code, CALLBACK)
    expect(claimsOf(result.accessToken)).toMatchObject({ sub: ANA, oid: ACME })
    await expect(scalekit.authenticateWithCode(code, CALLBACK)).rejects.toThrow()
  })
})

describe.each(['SPA', 'NTV'])('a client of the type %s', (type) => {
  const redirect_uri = type === 'SPA' ? 'http://app.test:5173' : 'myapp://login/callback'

  it('needs PKCE, and no consent', async () => {
    const client_id = await createClient(type, { post_login_uris: [redirect_uri] })
    const without = await authorize(new Browser(), { client_id, redirect_uri })
    expect(new URL(without.url).searchParams.get('error')).toBe('invalid_request')
    const { params, redeem } = publicRequest(client_id, redirect_uri)
    const { url } = await authorize(new Browser(), params)
    expect(url.startsWith(redirect_uri)).toBe(true)
    expect((await redeem(url)).status).toBe(200)
  })

  it('gets a new code in the session without a page, with more scopes too', async () => {
    const client_id = await createClient(type, { post_login_uris: [redirect_uri] })
    const browser = new Browser()
    const first = publicRequest(client_id, redirect_uri)
    await authorize(browser, { ...first.params, scope: 'openid' })
    const second = publicRequest(client_id, redirect_uri)
    const silent = await authorize(browser, { ...second.params, prompt: 'none' })
    const { status, body } = await second.redeem(silent.url)
    expect([status, body.scope]).toEqual([200, 'openid profile email'])
  })

  it('is told login_required without a session', async () => {
    const client_id = await createClient(type, { post_login_uris: [redirect_uri] })
    const { params } = publicRequest(client_id, redirect_uri)
    const { url } = await authorize(new Browser(), { ...params, prompt: 'none' })
    expect(new URL(url).searchParams.get('error')).toBe('login_required')
  })
})

describe('a redirect URI that the management API accepts', () => {
  it.each([
    ['WEB_APP', 'https://*.example.com/cb', 'https://a.example.com/cb'],
    ['WEB_APP', 'https://auth-*.acme.example/cb', 'https://auth-eu.acme.example/cb'],
    ['WEB_APP', 'http://*.app.test:5173/cb', 'http://acme.app.test:5173/cb'],
    ['WEB_APP', 'com.example.app:/callback', 'com.example.app:/callback'],
    ['SPA', 'http://app.test:5173', 'http://app.test:5173'],
    ['NTV', 'http://app.test/cb', 'http://app.test/cb'],
    ['NTV', 'https://localhost/cb', 'https://localhost/cb'],
    ['NTV', 'http://127.0.0.1/cb', 'http://127.0.0.1:49152/cb'],
  ])('is usable at sign-in and sign-out: %s %s', async (type, registered, redirect_uri) => {
    const uris = [registered]
    const client_id = await createClient(type, { post_login_uris: uris, post_logout_redirect_uris: uris })
    const { params } = publicRequest(client_id, redirect_uri)
    const browser = new Browser()
    const { url } = await authorize(browser, params)
    expect(url.startsWith(redirect_uri) && new URL(url).searchParams.has('code')).toBe(true)
    const out = new URLSearchParams({ client_id, post_logout_redirect_uri: redirect_uri })
    const logout = `${local.url}/${DEV}/oidc/logout`
    const done = await browser.follow(`${logout}?${out}`)
    expect(done.url.startsWith(redirect_uri), done.url).toBe(true)
  })

  it.each([
    ['https://*.example.com/cb', 'https://example.com/cb'],
    ['https://*.example.com/cb', 'https://a.b.example.com/cb'],
    ['https://*.example.com/cb', 'https://a.example.com.evil.example/cb'],
    ['https://*.example.com/cb', 'https://evil.example/.example.com/cb'],
    ['https://*.example.com/cb', 'https://evil.example#.example.com/cb'],
    ['https://*.example.com/cb', 'https://x@a.example.com/cb'],
    ['https://*.example.com/cb', 'https://*.example.com:444/cb'],
    ['https://*.example.com/cb', 'https://a.example.com/cb/'],
    ['https://*.example.com/cb', 'http://a.example.com/cb'],
    ['https://auth-*.acme.example/cb', 'https://auth-.acme.example/cb'],
    ['https://auth-*.acme.example/cb', 'https://eu.acme.example/cb'],
  ])('%s does not stand for %s', async (registered, redirect_uri) => {
    const client_id = await createClient('WEB_APP', { post_login_uris: [registered] })
    const { response } = await authorize(new Browser(), publicRequest(client_id, redirect_uri).params)
    expect(response.status).toBe(400)
  })
})
