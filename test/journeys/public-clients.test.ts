import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { ACME, type Environment, startEnvironment } from './environment.js'
import { type SinglePageApp, startSinglePageApp } from './single-page-app.js'
import { launchChromium, Visitor } from './visitor.js'

const ANA = 'usr_100000000000000101'

let environment: Environment
let web: Application
let spa: SinglePageApp
let browser: Browser
beforeAll(async () => {
  environment = await startEnvironment()
  web = await startApplication(environment)
  spa = await startSinglePageApp(environment)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await spa?.stop()
  await web?.stop()
  await environment?.stop()
})

describe('J23: a single-page application', () => {
  it('signs in with PKCE, renews silently in a frame, refreshes with its client ID, and signs out', async () => {
    const ana = await Visitor.open(browser)
    await ana.goto(spa.origin)
    expect(await ana.arrives('No session')).toMatchObject({ error: 'login_required' })
    await ana.press('Log in')
    await ana.press(/ana@acme\.example/)
    const first = await ana.arrives('Signed in')
    expect(first).toMatchObject({
      ...{ iss: environment.url, aud: [spa.clientId], sub: ANA, oid: ACME, client_id: spa.clientId },
      tokens: expect.arrayContaining(['access_token', 'id_token', 'refresh_token', 'expires_in']),
    })
    await ana.press('Renew')
    expect(await ana.arrives('Renewed')).toMatchObject({ sub: ANA, sid: first.sid })
    await ana.press('Refresh')
    expect(await ana.arrives('Refreshed')).toMatchObject({ sub: ANA, sid: first.sid })
    await ana.press('Log out')
    await ana.arrives('Signed out')
    await ana.goto(spa.origin)
    expect(await ana.arrives('No session')).toMatchObject({ error: 'login_required' })
    await ana.leave()
  })

  it('shares its session with the web application, and both end together', async () => {
    const ana = await Visitor.open(browser)
    await ana.goto(`${web.origin}/login`)
    await ana.press(/ana@acme\.example/)
    const { claims } = await ana.arrives<SignedIn>('Signed in')
    await ana.goto(spa.origin)
    expect(await ana.arrives('Renewed')).toMatchObject({ sub: ANA, sid: claims.sid })
    await ana.press('Log in')
    expect(await ana.arrives('Signed in')).toMatchObject({ sub: ANA, sid: claims.sid })
    const { authenticatedClients } = await environment.sdk.session.getSession(String(claims.sid))
    expect(authenticatedClients.map(({ clientId }) => clientId)).toContain(spa.clientId)

    const other = await ana.page.context().newPage()
    await other.goto(`${web.origin}/logout`)
    await other.getByRole('heading', { name: 'Signed out' }).waitFor()
    await ana.press('Refresh')
    expect(await ana.arrives('Failed')).toMatchObject({ status: 400, error: 'invalid_grant' })
    expect(ana.expectedProblems()).toEqual([expect.stringContaining('400')])
    await ana.leave()
  })

  it('gets nothing without PKCE, with another verifier, or from a page of another origin', async () => {
    const redirect_uri = `${spa.origin}/callback`
    const request = { response_type: 'code', client_id: spa.clientId, redirect_uri, scope: 'openid' }
    const response = await fetch(`${environment.url}/oauth/authorize?${new URLSearchParams(request)}`, {
      redirect: 'manual',
    })
    const { searchParams } = new URL(response.headers.get('location') ?? '')
    expect(searchParams.get('error')).toBe('invalid_request')
    expect(searchParams.get('error_description')).toMatch(/PKCE|code_challenge/i)
    const ask = (origin: string) =>
      fetch(`${environment.url}/oauth/token`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({
          ...{ grant_type: 'authorization_code', client_id: spa.clientId, redirect_uri },
          ...{ code: 'none', code_verifier: randomBytes(32).toString('base64url') },
        }),
      })
    expect((await ask(spa.origin)).headers.get('access-control-allow-origin')).toBe(spa.origin)
    expect((await ask('http://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
  })
})

interface TokenAnswer {
  readonly status: number
  readonly id_token?: string
  readonly refresh_token?: string
  readonly error?: string
}

/** A native application: it opens the system's browser, and the system hands it the URL of its scheme or port. */
function nativeApp(client_id: string, redirect_uri: string) {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(16).toString('base64url')
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id, redirect_uri, state, code_challenge_method: 'S256' },
    scope: 'openid profile email offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  })
  const token = async (parameters: Record<string, string>): Promise<TokenAnswer> => {
    const body = new URLSearchParams({ client_id, ...parameters })
    const response = await fetch(`${environment.url}/oauth/token`, { method: 'POST', body })
    return { ...((await response.json()) as TokenAnswer), status: response.status }
  }
  return {
    url: `${environment.url}/oauth/authorize?${query}`,
    state,
    redeem: (code: string, code_verifier = verifier) =>
      token({ grant_type: 'authorization_code', redirect_uri, code, code_verifier }),
    refresh: (refresh_token: string) => token({ grant_type: 'refresh_token', refresh_token }),
  }
}

async function registerNative(fields: Record<string, string[]>): Promise<string> {
  const { client } = await environment.api<{ client: { id: string } }>('POST', '/clients', {
    ...{ name: 'Native app', client_type: 'NTV', ...fields },
  })
  return client.id
}

/** Does something that makes the browser open an application of the system; returns the URL that it hands over. */
async function opensApplication(visitor: Visitor, scheme: string, step: () => Promise<unknown>) {
  const redirected = visitor.page.waitForEvent('response', {
    predicate: (response) => (response.headers().location ?? '').startsWith(scheme),
  })
  // A navigation that leaves for another application never ends in the browser.
  const [response] = await Promise.all([redirected, step().catch(() => undefined)])
  return new URL(response.headers().location ?? '')
}

describe('J24: a native application', () => {
  it('signs in and out through its own scheme', async () => {
    const scheme = 'com.example.notes:'
    const client = await registerNative({
      post_login_uris: [`${scheme}//login/callback`],
      post_logout_redirect_uris: [`${scheme}//bye`],
    })
    const app = nativeApp(client, `${scheme}//login/callback`)
    const ana = await Visitor.open(browser)
    await ana.goto(app.url)
    const back = await opensApplication(ana, scheme, () => ana.press(/ana@acme\.example/))
    expect(back.searchParams.get('state')).toBe(app.state)
    const code = back.searchParams.get('code') ?? ''
    const tokens = await app.redeem(code)
    expect(tokens).toMatchObject({ status: 200, access_token: expect.any(String), expires_in: 300 })
    expect(await app.redeem(code)).toMatchObject({ status: 400, error: 'invalid_grant' })
    const again = nativeApp(client, `${scheme}//login/callback`)
    const silent = await opensApplication(ana, scheme, () => ana.goto(again.url))
    const wrong = randomBytes(32).toString('base64url')
    expect(await again.redeem(silent.searchParams.get('code') ?? '', wrong)).toMatchObject({
      ...{ status: 400, error: 'invalid_grant' },
    })
    const third = nativeApp(client, `${scheme}//login/callback`)
    const last = await opensApplication(ana, scheme, () => ana.goto(third.url))
    const session = await third.redeem(last.searchParams.get('code') ?? '')
    const renewed = await third.refresh(session.refresh_token ?? '')
    expect(renewed).toMatchObject({ status: 200, id_token: expect.any(String) })
    const out = new URLSearchParams({
      ...{ id_token_hint: renewed.id_token ?? '', post_logout_redirect_uri: `${scheme}//bye` },
    })
    const bye = await opensApplication(ana, scheme, () => ana.goto(`${environment.url}/oidc/logout?${out}`))
    expect(bye.href).toBe(`${scheme}//bye`)
    expect(await third.refresh(renewed.refresh_token ?? '')).toMatchObject({ error: 'invalid_grant' })
    await ana.leave()
  })

  it('signs in through a loopback address with whatever port it got, and no other path', async () => {
    const client = await registerNative({ post_login_uris: ['http://127.0.0.1/callback'] })
    const ana = await Visitor.open(browser)
    for (const host of ['127.0.0.1', '127.0.0.1']) {
      const listener = await listenOnce(host)
      const app = nativeApp(client, `http://${host}:${listener.port}/callback`)
      await ana.goto(app.url)
      if ((await ana.heading()) === 'Sign in') await ana.press(/ana@acme\.example/)
      const { state, code } = await listener.query
      expect(state).toBe(app.state)
      expect(await app.redeem(code ?? '')).toMatchObject({ status: 200 })
    }
    for (const uri of ['http://127.0.0.1:4000/other', 'http://127.0.0.2:4000/callback']) {
      await ana.goto(nativeApp(client, uri).url)
      expect(ana.expectedProblems()).toContainEqual(expect.stringMatching(/^400 /))
      expect(ana.page.url().startsWith(environment.url)).toBe(true)
    }
    await ana.leave()
  })
})

/** The listener of a native application, for one answer (RFC 8252, section 7.3). */
async function listenOnce(host: string) {
  let resolve: (query: Record<string, string>) => void
  const query = new Promise<Record<string, string>>((answered) => {
    resolve = answered
  })
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://loopback')
    response.setHeader('content-type', 'text/html').end('<h1>Return to the app</h1>')
    if (pathname === '/callback') resolve(Object.fromEntries(searchParams))
    server.close()
  })
  await new Promise<void>((listening) => server.listen(0, host, listening))
  return { port: (server.address() as AddressInfo).port, query }
}
