import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { authorize, mcpIssuer, pkce, redeem, register } from '../oauth/authorization-code.js'
import { application, CALLBACK, CLIENT } from '../oauth/sso-client.js'
import { ask } from './attack.js'
import { FREE, HOSTILE, REGISTERED } from './redirect-uri-variants.js'

let local: LocalScalekit
let client_id = ''
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
  client_id = (await register(local.url, { redirect_uris: Object.values(REGISTERED) })).client_id
})
afterAll(() => local.close())

const proof = { response_type: 'code', code_challenge_method: 'S256', code_challenge: pkce().challenge }

/** Whether a request with this redirect URI goes on, to the sign-in or anywhere else. */
async function accepted(redirect_uri: string, params: Record<string, string> = {}): Promise<boolean> {
  const response = await ask(mcpIssuer(local.url), { ...proof, client_id, redirect_uri, ...params })
  if (response.status !== 400) return true
  // Nothing leads to where the request wants to be sent.
  expect(response.headers.get('location'), redirect_uri).toBeNull()
  expect(await response.text(), redirect_uri).toContain('redirect_uri')
  return false
}

describe('S2: a redirect URI', () => {
  it('matches as it was registered, and a loopback one with any port', async () => {
    for (const uri of [...Object.values(REGISTERED), ...FREE]) expect(await accepted(uri), uri).toBe(true)
  })

  it('matches in no other form', async () => {
    const wrong: string[] = []
    for (const uri of HOSTILE) if (await accepted(uri)) wrong.push(uri)
    expect(HOSTILE.length).toBeGreaterThanOrEqual(60)
    expect(wrong).toEqual([])
    measure('S2', `${wrong.length} of ${HOSTILE.length} accepted`)
  })

  it('sends no error there either', async () => {
    const uri = 'https://evil.example/cb'
    const wrongs: Record<string, string>[] = [
      { response_type: 'token' },
      { code_challenge: '' },
      { prompt: 'none' },
      { scope: '' },
    ]
    for (const broken of wrongs) {
      expect(await accepted(uri, broken), JSON.stringify(broken)).toBe(false)
    }
  })

  it('is asked for once, and is not guessed', async () => {
    const twice = `${new URLSearchParams({ ...proof, client_id })}&redirect_uri=${encodeURIComponent(REGISTERED.https)}&redirect_uri=https%3A%2F%2Fevil.example`
    const response = await fetch(`${mcpIssuer(local.url)}/oauth/authorize?${twice}`, { redirect: 'manual' })
    expect(response.status).toBe(400)
  })

  it('is the same when the code is redeemed', async () => {
    const { verifier, challenge } = pkce()
    const issuer = mcpIssuer(local.url)
    const asked = { redirect_uri: REGISTERED.loopback }
    const redirect = await authorize({ issuer, client_id, challenge, params: asked })
    for (const redirect_uri of [REGISTERED.https, 'http://localhost:5555/callback', '']) {
      const response = await redeem(issuer, client_id, redirect, verifier, { redirect_uri })
      expect(response.status, redirect_uri).toBe(400)
    }
  })

  it('of one of Scalekit’s own clients leaves not even the port open', async () => {
    const { issuer } = application(local.url)
    const own = { ...proof, client_id: CLIENT.client_id }
    expect((await ask(issuer, { ...own, redirect_uri: CALLBACK })).status).toBe(303)
    const other = CALLBACK.replace('3000', '3001')
    expect((await ask(issuer, { ...own, redirect_uri: other })).status).toBe(400)
  })
})

describe('S2: a registration', () => {
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://app.example/x',
    'about:blank',
    'http://evil.example/cb',
    'http://192.168.0.1/cb',
    'https://app.example/cb#x',
    'https://*.example/cb',
    'https://app.example/*',
    'https://user:password@app.example/cb',
    '/relative',
    'app',
    '',
  ])('with %s is refused', async (uri) => {
    const response = await fetch(
      `${local.url}/workspace/api/v1/resources/res_100000000000000001/clients:register`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: [uri] }),
      },
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_redirect_uri' })
  })
})
