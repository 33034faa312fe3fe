import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { mcpIssuer, pkce, REDIRECT_URI, register } from './authorization-code.js'
import { Browser } from './browser.js'
import { application } from './sso-client.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterAll(() => local.close())

async function openSignIn(
  browser: Browser,
  metadata: Record<string, unknown> = {},
  params: Record<string, string> = {},
) {
  const { client_id } = await register(local.url, metadata)
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT_URI,
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
    ...params,
  })
  const {
    url,
    page = '',
    response,
  } = await browser.follow(`${mcpIssuer(local.url)}/oauth/authorize?${query}`)
  return { url, page, response }
}

async function openConsent(
  browser: Browser,
  metadata?: Record<string, unknown>,
  person = 'admin@example.com',
) {
  const { url, page } = await openSignIn(browser, metadata)
  const consent = await browser.submit(url, page, { email: person })
  return { url: consent.url, page: consent.page ?? '', response: consent.response }
}

/** Signs in to an application of the development environment that has a page for people who have signed out. */
async function signedIn(email: string) {
  const app = application(local.url)
  const { browser, url, page, verifier } = await app.start({})
  const { tokens } = await app.finish((await browser.submit(url, page, { email })).url, verifier)
  const destination = 'http://localhost:3000/'
  return { id_token_hint: tokens.id_token ?? '', browser, logout: `${app.issuer}/oidc/logout`, destination }
}

describe('every page', () => {
  it('is locked down: no script, no frame, no copy, forms go here and to the client', async () => {
    const browser = new Browser()
    const pages = [await openSignIn(browser), await openConsent(new Browser())]
    for (const { response, page } of pages) {
      const policy = response.headers.get('content-security-policy')?.split('; ')
      expect(policy).toEqual([
        "default-src 'none'",
        "style-src 'self'",
        'img-src data:',
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ])
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('x-frame-options')).toBe('DENY')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(page).toContain('Local environment')
      expect(page).not.toMatch(/<script|style=|onclick/)
    }
  })

  it('lets the browser go back to a client with a scheme of its own', async () => {
    const redirect_uris = ['cursor://anysphere.cursor-mcp/oauth/callback']
    const { response } = await openSignIn(
      new Browser(),
      { redirect_uris },
      { redirect_uri: redirect_uris[0] ?? '' },
    )
    expect(response.headers.get('content-security-policy')).not.toContain('form-action')
  })

  it('has a stylesheet from here', async () => {
    const response = await fetch(`${local.url}/assets/pages.css`)
    expect(response.headers.get('content-type')).toContain('text/css')
    expect(await response.text()).toContain('light-dark(')
  })
})

describe('the sign-in page', () => {
  it('offers the people of the realm', async () => {
    const { page } = await openSignIn(new Browser())
    expect(page).toContain('Ada Admin')
    expect(page).toContain('viewer@example.com')
    expect(page).toContain('the workspace')
    expect(page).not.toContain('ana@acme.example')
  })

  it('signs in with one button', async () => {
    const browser = new Browser()
    const { url, page } = await openSignIn(browser)
    const consent = await browser.submit(url, page, { person: 'usr_100000000000000002' })
    expect(consent.page).toContain('Vera Viewer')
  })

  it('says so when nobody has the e-mail address, and shows it as text', async () => {
    const browser = new Browser()
    const { url, page } = await openSignIn(browser)
    const again = await browser.submit(url, page, { email: '<img src=x>@example.com' })
    expect(again.response.status).toBe(422)
    expect(again.page).toContain('Nobody here has the e-mail address &lt;img src=x&gt;@example.com.')
    expect(again.page).not.toContain('<img')
    const corrected = await browser.submit(again.url, again.page ?? '', { email: 'admin@example.com' })
    expect(corrected.page).toContain('Ada Admin')
  })

  it('fills in the e-mail address that the client hints at', async () => {
    const { page } = await openSignIn(new Browser(), {}, { login_hint: 'viewer@example.com' })
    expect(page).toContain('value="viewer@example.com"')
  })

  it('offers the one first whom the client hints at', async () => {
    const { page = '' } = await openSignIn(new Browser(), {}, { login_hint: 'Viewer@example.com' })
    const [first] = [...page.matchAll(/<span class="email">([^<]+)</g)].map(([, email]) => email)
    expect(first).toBe('viewer@example.com')
  })

  it('shows the name of a client as text', async () => {
    const { page } = await openSignIn(new Browser(), { client_name: '<script>alert(1)</script>"' })
    expect(page).toContain('&lt;script&gt;')
    expect(page).not.toContain('<script>')
  })
})

describe('the consent page', () => {
  it('says who asks, for what, as whom, and where the answer goes', async () => {
    const { page } = await openConsent(new Browser(), { client_name: 'Some agent' })
    for (const text of [
      'Some agent',
      'registered itself',
      'Scalekit',
      'admin@example.com',
      'localhost:4444',
      'a program on this machine',
      'workspace:write',
    ]) {
      expect(page).toContain(text)
    }
    expect(page.match(/<li class="write">/g)).toHaveLength(3)
    expect(page.match(/<li class="read">/g)).toHaveLength(3)
  })

  it('tells a USER what is left out', async () => {
    const { page } = await openConsent(new Browser(), {}, 'viewer@example.com')
    expect(page).not.toContain('<li class="write">')
    expect(page).toContain('Left out: <code>workspace:write</code>')
  })

  it('offers nothing to allow when all that is asked for is out of reach', async () => {
    const browser = new Browser()
    const { url, page } = await openSignIn(browser, {}, { scope: 'workspace:write' })
    const consent = await browser.submit(url, page, { email: 'viewer@example.com' })
    expect(consent.page).toContain('Nothing can be allowed')
    expect(consent.page).not.toContain('value="allow"')
    const forced = await browser.submit(consent.url, consent.page ?? '', { answer: 'allow' })
    expect(new URL(forced.url).searchParams.get('error')).toBe('access_denied')
  })

  it('comes again for a client that has it already, because any program may pose as that client', async () => {
    const browser = new Browser()
    const first = await openConsent(browser)
    await browser.submit(first.url, first.page, { answer: 'allow' })
    const second = await openSignIn(browser)
    expect(second.page).toContain('value="allow"')
  })
})

describe('a form', () => {
  it.each(['', 'x'.repeat(43)])('is refused with the token %j', async (csrf) => {
    const browser = new Browser()
    const { url, page } = await openConsent(browser)
    const refused = await browser.submit(url, page.replace(/name="csrf"/, 'name="other"'), {
      csrf,
      answer: 'allow',
    })
    expect(refused.response.status).toBe(403)
  })

  it('counts once', async () => {
    const browser = new Browser()
    const { url, page } = await openConsent(browser)
    const first = await browser.submit(url, page, { answer: 'allow' })
    expect(first.url).toContain('code=')
    const second = await browser.submit(url, page, { answer: 'allow' })
    expect(second.response.status).toBe(400)
    expect(second.page).toContain('This page has expired')
  })

  it('of another site is refused', async () => {
    const browser = new Browser()
    const { url, page } = await openConsent(browser)
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    for (const origin of ['http://evil.example', 'null', 'http://localhost:3000']) {
      const response = await browser.open(url, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ csrf, answer: 'allow' }),
      })
      expect(response.status).toBe(403)
    }
  })

  it('belongs to the browser that was asked', async () => {
    const { url, page } = await openConsent(new Browser())
    const stolen = await new Browser().submit(url, page, { answer: 'allow' })
    expect(stolen.response.status).toBe(400)
    expect(stolen.page).toContain('This page has expired')
  })
})

describe('signing out', () => {
  it('forgets at once who signed in', async () => {
    const browser = new Browser()
    await openConsent(browser)
    const done = await browser.follow(`${local.url}/workspace/oidc/logout`)
    expect(done.page).toContain('You are signed out')
    expect(browser.cookies().filter(({ name }) => name.startsWith('session_'))).toEqual([])
    expect((await openSignIn(browser)).page).toContain('Continue as')
  })

  it('returns to the registered page with the state of the request', async () => {
    const { id_token_hint, browser, logout, destination } = await signedIn('ana@acme.example')
    const query = new URLSearchParams({
      id_token_hint,
      post_logout_redirect_uri: destination,
      state: 'a state',
    })
    const done = await browser.open(`${logout}?${query}`)
    expect(done.status).toBe(303)
    expect(done.headers.get('location')).toBe(`${destination}?state=a+state`)
  })

  it('asks first where the ID token is that of another user', async () => {
    const { id_token_hint } = await signedIn('ana@acme.example')
    const { browser, logout } = await signedIn('ben@acme.example')
    const question = await browser.follow(`${logout}?${new URLSearchParams({ id_token_hint })}`)
    expect(question.page).toContain('Sign out?')
    expect(question.response.headers.get('content-security-policy')).toContain("form-action 'self';")
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(question.page ?? '')?.[1] ?? ''
    const forged = await browser.submit(`${logout}/confirm`, '', { xsrf: 'x', logout: 'yes' })
    expect(forged.response.status).toBe(400)
    const done = await browser.submit(`${logout}/confirm`, '', { xsrf, logout: 'yes' })
    expect(done.page).toContain('You are signed out')
  })
})

describe('the error page', () => {
  it('explains, and sends nobody anywhere, when the client or its address is in doubt', async () => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'm2m_<b>',
      redirect_uri: 'https://evil.example/',
    })
    const { page, response } = await new Browser().follow(`${mcpIssuer(local.url)}/oauth/authorize?${query}`)
    expect(response.status).toBe(400)
    expect(page).toContain('This sign-in cannot go on')
    expect(page).toContain('invalid_client')
    expect(page).toContain('connect again')
    expect(page).not.toContain('<b>')
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self';")
  })
})
