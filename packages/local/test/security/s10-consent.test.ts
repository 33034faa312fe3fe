import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { mcpIssuer, pkce, REDIRECT_URI, register } from '../oauth/authorization-code.js'
import { Browser } from '../oauth/browser.js'
import { application } from '../oauth/sso-client.js'

const EVIL = '<script>alert(1)</script>'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
})
afterAll(() => local.close())

/** Opens the authorization of a client, and signs in where that is asked. */
async function open(client_id: string, browser: Browser, params: Record<string, string> = {}) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT_URI,
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
    scope: 'workspace:read',
    ...params,
  })
  let at = await browser.follow(`${mcpIssuer(local.url)}/oauth/authorize?${query}`)
  if (at.page?.includes('name="email"'))
    at = await browser.submit(at.url, at.page, { email: 'admin@example.com' })
  return { ...at, page: at.page ?? '' }
}

const isConsent = (page: string) => page.includes('name="answer" value="allow"')
const gaveCode = (url: string) => new URL(url).searchParams.has('code')

describe('S10: consent', () => {
  it('is for one client: another one is asked for, in the same browser, whatever it calls itself', async () => {
    const browser = new Browser()
    const [first, second] = [await register(local.url), await register(local.url)]
    const asked = await open(first.client_id, browser)
    expect(isConsent(asked.page)).toBe(true)
    expect(gaveCode((await browser.submit(asked.url, asked.page, { answer: 'allow' })).url)).toBe(true)
    // A program on somebody's machine cannot prove that it is the one that was allowed before (RFC 8252, section 8.6).
    expect(isConsent((await open(first.client_id, browser)).page)).toBe(true)
    const other = await open(second.client_id, browser)
    expect(isConsent(other.page)).toBe(true)
    // More scopes are asked for too.
    expect(isConsent((await open(first.client_id, browser, { scope: 'workspace:write' })).page)).toBe(true)
    expect((await open(second.client_id, browser, { prompt: 'none' })).url).toContain('interaction_required')
  })

  it('shows who asks and where the answer goes, by host, and runs nothing of theirs', async () => {
    const redirect_uri = 'https://app.example/cb'
    const { client_id } = await register(local.url, { client_name: EVIL, redirect_uris: [redirect_uri] })
    const { page } = await open(client_id, new Browser(), { redirect_uri })
    expect(page).toContain('registered itself; nobody vouches for its name')
    expect(page).toContain('<strong>app.example</strong>')
    expect(page).toContain('a site on the internet')
    expect(page).toContain('&lt;script&gt;')
    expect(page).not.toContain(EVIL)
  })

  it('is in no frame, and nor is any other page', async () => {
    const { client_id } = await register(local.url)
    const browser = new Browser()
    const signIn = await browser.open(`${mcpIssuer(local.url)}/oauth/authorize?client_id=unknown`)
    const consent = await open(client_id, browser)
    const app = application(local.url)
    const simulated = await app.start({})
    const dashboard = await fetch(`${local.url}/dashboard/outbox`)
    for (const { headers, url } of [signIn, consent.response, simulated.response, dashboard]) {
      expect(headers.get('content-security-policy'), url).toContain("frame-ancestors 'none'")
      expect(headers.get('x-frame-options'), url).toBe('DENY')
    }
  })

  it('is given by its own form only, once', async () => {
    const { client_id } = await register(local.url)
    const browser = new Browser()
    const { url, page } = await open(client_id, browser)
    const post = (from: Browser, csrf: string | undefined, origin = new URL(url).origin) =>
      from.open(url, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ answer: 'allow', ...(csrf === undefined ? {} : { csrf }) }),
      })
    const [, csrf] = /name="csrf" value="([^"]+)"/.exec(page) ?? []
    const elsewhere = await open((await register(local.url)).client_id, new Browser())
    const [, foreign] = /name="csrf" value="([^"]+)"/.exec(elsewhere.page) ?? []
    const forged: number[] = []
    for (const wrong of [undefined, '', 'x'.repeat(43), foreign, `${csrf}x`]) {
      forged.push((await post(browser.copy(), wrong)).status)
    }
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) {
      forged.push((await post(browser.copy(), csrf, origin)).status)
    }
    expect(forged).toEqual(forged.map(() => 403))
    forged.push((await post(new Browser(), csrf)).status)
    expect(forged.at(-1)).toBe(400)
    expect((await browser.copy().open(`${url}?answer=allow&csrf=${csrf}`)).headers.get('location')).toBeNull()

    // Somebody who copied the whole browser repeats what was sent, before and after it was finished.
    const twins = [browser.copy(), browser.copy(), browser.copy()]
    const submitted = await browser.submit(url, page, { answer: 'allow' })
    expect(gaveCode(submitted.url)).toBe(true)
    const repeated: number[] = []
    for (const twin of twins) repeated.push((await post(twin, csrf)).status)
    expect(repeated).toEqual([400, 400, 400])
    const accepted = [...forged, ...repeated].filter((status) => status < 400).length
    measure('S10', `${accepted} accepted of ${forged.length} forged and ${repeated.length} repeated forms`)
  })

  it('that is repeated at the same moment gives one code', async () => {
    const { client_id } = await register(local.url)
    const browser = new Browser()
    const { url, page } = await open(client_id, browser)
    const twins = Array.from({ length: 5 }, () => browser.copy())
    const ends = await Promise.all(twins.map((twin) => twin.submit(url, page, { answer: 'allow' })))
    expect(ends.filter((end) => gaveCode(end.url)).length).toBeLessThanOrEqual(1)
  })
})
