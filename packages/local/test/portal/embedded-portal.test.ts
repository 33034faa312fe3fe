import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { Browser } from '../oauth/browser.js'
import { ACME, samlConnections } from '../oauth/saml-connection.js'

let local: LocalScalekit
let saml: ReturnType<typeof samlConnections>
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  saml = samlConnections(local)
})
afterAll(() => local.close())

const link = async () => (await saml.sdk.organization.generatePortalLink(ACME)).location
const events = (page = '') =>
  JSON.parse((/data-events="([^"]*)"/.exec(page)?.[1] ?? '').replaceAll('&quot;', '"')) as {
    event_type: string
    data: object
  }[]

it('lists SAML connections, and tells the application what happens', async () => {
  const id = await saml.connect({})
  const browser = new Browser()
  const home = await browser.follow(await link())
  expect(home.page).toContain(`/connections/${id}"`)
  expect(home.page).toContain(`/connections/${id}/test"`)
  expect(home.page).toMatch(/OKTA SAML/)
  const policy = home.response.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/frame-ancestors [^;]*http:\/\/localhost:3000(?: |$)/)
  expect(home.response.headers.get('x-frame-options')).toBeNull()
  expect(events(home.page)).toMatchObject([
    { event_type: 'PORTAL_LOAD_SUCCESS', data: { expiry: expect.any(String) } },
  ])
  const page = await browser.follow(`${home.url}/connections/${id}`)
  expect(events(page.page)).toEqual([])
  const off = await browser.submit(page.url, page.page ?? '', { action: 'disable' })
  expect(events(off.page)).toMatchObject([
    {
      event_type: 'ORGANIZATION_SSO_DISABLED',
      object: 'connection',
      data: { id, type: 'SAML', provider: 'OKTA', enabled: false, connection_type: 'SSO' },
    },
  ])
})

it('tells that the session has ended, and keeps other pages out of frames', async () => {
  const closed = await fetch(`${local.url}/env_100000000000000001/portal`)
  expect(closed.status).toBe(401)
  expect(events(await closed.text())).toMatchObject([
    { event_type: 'PORTAL_LOAD_FAILURE', data: { error_code: 'SESSION_EXPIRED' } },
  ])
  const signIn = await saml.app.start({})
  expect(signIn.response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
})

it('has cookies that work in a frame on another site', async () => {
  const headers = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' }
  const opened = await fetch(await link(), { redirect: 'manual', headers })
  expect(opened.headers.getSetCookie().join()).toMatch(/; Secure; .*SameSite=None/)
})

it('reads a metadata file, and shows the status of a failed test', async () => {
  const browser = new Browser()
  const home = await browser.follow(await link())
  const form = await browser.follow(`${home.url}/connections/new-saml`)
  const wrong = await browser.submit(form.url, form.page ?? '', { action: 'save', metadata_xml: '<a/>' })
  expect([wrong.response.status, wrong.page]).toEqual([
    422,
    expect.stringContaining('describes no identity provider'),
  ])
  const id = await saml.connect({})
  const xml = await (await fetch(`${local.url}/simulator/${id}/saml/metadata`)).text()
  const page = await browser.follow(`${home.url}/connections/${id}`)
  const saved = await browser.submit(page.url, page.page ?? '', { action: 'save', metadata_xml: xml })
  const simulator = await browser.follow(`${saved.url}/test`)
  const sent = await browser.submit(simulator.url, simulator.page ?? '', {
    answer: 'refuse',
    error: 'user_not_found',
  })
  const field = (name: string) =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(sent.page ?? '')?.[1] ?? ''
  const body = new URLSearchParams({ SAMLResponse: field('SAMLResponse'), RelayState: field('RelayState') })
  const tested = await browser.follow(`${saml.place(id)}/callback`, { method: 'POST', body })
  expect(tested.page).toContain('invalid_status')
  expect(tested.page).toContain('Responder / UnknownPrincipal: User not found')
})
