import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type IdentityProvider, startIdentityProvider } from '../journeys/identity-provider.js'
import { launchChromium } from './chromium.js'

const DEV = 'env_100000000000000001'
const ACME = 'org_100000000000000001'
const ANA = 'ana@acme.example'
const APP = 'skc_100000000000000001'
const SECRET = 'test_local_secret'
const PASSWORD = 'correct horse battery staple'

let local: LocalScalekit
let idp: IdentityProvider
let app: Server
let browser: Browser
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
  idp = await startIdentityProvider()
  app = createServer((_request, response) => response.end('back at the application'))
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await idp?.stop()
  app?.close()
  await local?.close()
})

/** The application is on another site than the environment. */
const callback = () => `http://127.0.0.1:${(app.address() as AddressInfo).port}/auth/callback`

async function api(method: string, path: string, body: unknown = {}) {
  const token = await fetch(`${local.url}/${DEV}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: APP, client_secret: SECRET }),
  })
  const { access_token } = (await token.json()) as { access_token: string }
  const response = await fetch(`${local.url}/${DEV}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { connection: { id: string } }
  expect(response.status, JSON.stringify(answer)).toBeLessThan(300)
  return answer
}

let context: BrowserContext
let page: Page
let violations: string[]
beforeEach(async () => {
  await local.reset()
  await api('PATCH', `/clients/${APP}`, { post_login_uris: [callback()] })
  violations = []
  context = await browser.newContext()
  await context.exposeBinding('reportViolation', (_source, text: string) => {
    violations.push(text)
  })
  await context.addInitScript({
    content: `document.addEventListener('securitypolicyviolation', (event) =>
      reportViolation(event.documentURI + ': ' + event.effectiveDirective + ' blocks ' + event.blockedURI))`,
  })
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text())
  })
  page = await context.newPage()
})
afterEach(() => context.close())

/** Offers a way of signing in to everybody in the environment. */
async function offer(type: string): Promise<void> {
  const row = {
    id: `conn_${type.toLowerCase()}`,
    key_id: type,
    environment_id: DEV,
    organization_id: null,
    type,
  }
  const kind = { provider: 'CONNECTION_PROVIDER_UNSPECIFIED', status: 'COMPLETED', enabled: 1 }
  await local.database.db
    .insertInto('connections')
    .values({ ...row, ...kind, data: '{}', created_at: 1, updated_at: 1 } as never)
    .execute()
}

function signIn(params: Record<string, string> = {}) {
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: APP, redirect_uri: callback(), scope: 'openid email' },
    ...params,
  })
  return page.goto(`${local.url}/${DEV}/oauth/authorize?${query}`)
}

/** Opens the link of the last e-mail in this browser. */
async function openMail(): Promise<void> {
  const response = await fetch(`${local.url}/__local/outbox`, { headers: { 'x-scalekit-local': '1' } })
  const { messages } = (await response.json()) as { messages: { kind: string; link?: string }[] }
  await page.goto(messages.filter(({ kind }) => kind === 'email').at(-1)?.link ?? '')
}

/** Waits for the application, whose callback gets this parameter. */
async function arrivesWith(parameter: string): Promise<void> {
  await page.waitForURL((url) => url.href.startsWith(callback()))
  expect(new URL(page.url()).searchParams.get(parameter)).toBeTruthy()
  expect(violations).toEqual([])
}

const press = (name: string | RegExp) => page.getByRole('button', { name }).click()

async function connectSaml(saml_config: object = { idp_metadata_url: idp.metadataUrl }): Promise<string> {
  const path = `/organizations/${ACME}/connections`
  const kind = { type: 'SAML', provider: 'OKTA' }
  const { connection } = await api('POST', path, kind)
  await api('PATCH', `${path}/${connection.id}`, { ...kind, saml_config })
  await api('PATCH', `${path}/${connection.id}:enable`)
  return connection.id
}

test('a page that breaks its policy is noticed', async () => {
  await signIn()
  await page.evaluate(`{
    const script = document.createElement('script')
    script.src = 'https://another.example/script.js'
    document.head.append(script)
  }`)
  await expect.poll(() => violations.join('\n')).toContain('another.example')
})

describe('no page breaks its own policy', () => {
  test('where somebody sets a password and signs in with it', async () => {
    await offer('PASSWORD')
    await signIn()
    await page.locator('#password-email').fill(ANA)
    await press('Set or reset it by e-mail')
    await page.getByRole('heading', { name: 'Look into your e-mail' }).waitFor()
    await openMail()
    await page.locator('#password').fill(PASSWORD)
    await press('Set and sign in')
    await arrivesWith('code')

    await signIn({ prompt: 'login' })
    await page.locator('#password-email').fill(ANA)
    await page.locator('#password').fill('wrong')
    await press(/^Sign in$/)
    await page.getByRole('alert').waitFor()
    await page.locator('#password-email').fill(ANA)
    await page.locator('#password').fill(PASSWORD)
    await press(/^Sign in$/)
    await arrivesWith('code')
  })

  test('where somebody makes a passkey and signs in with it', async () => {
    await offer('WEBAUTHN')
    const devtools = await context.newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'internal' },
        ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
      },
    })
    await signIn()
    await page.getByLabel('Or with a passkey; e-mail address for a new one').fill(ANA)
    await press('Make one by e-mail')
    await page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'Sign in' }).waitFor()
    await openMail()
    await press('Make it and sign in')
    await arrivesWith('code')
    await signIn({ prompt: 'login' })
    await press('Sign in with a passkey')
    await arrivesWith('code')
  })

  test('where somebody signs in at a social provider', async () => {
    const kind = { type: 'OAUTH', provider: 'GOOGLE' }
    const { connection } = await api('POST', '/connections', kind)
    await api('PATCH', `/connections/${connection.id}`, {
      ...kind,
      oauth_config: { use_platform_creds: true },
    })
    await api('PATCH', `/connections/${connection.id}:enable`)
    await signIn()
    await page.getByRole('link', { name: /Google/ }).click()
    await page.locator('input[name="email"]').fill(ANA)
    await press(/^Sign in$/)
    await arrivesWith('code')
  })

  test('where somebody signs in with SAML', async () => {
    await signIn({ connection_id: await connectSaml() })
    await arrivesWith('code')
  })

  test('where the request goes to the SAML identity provider in a form', async () => {
    const metadata = await (await fetch(idp.metadataUrl)).text()
    const place = new URL('/saml/sso', callback()).href
    const settings = {
      ...{ idp_entity_id: idp.metadataUrl, idp_sso_url: place, idp_sso_request_binding: 'HTTP_POST' },
      idp_certificate: /<X509Certificate>([^<]+)</.exec(metadata)?.[1] ?? '',
    }
    const connection_id = await connectSaml(settings)
    const posted = page.waitForRequest((request) => request.url() === place)
    await signIn({ connection_id })
    const request = await posted
    expect(request.method()).toBe('POST')
    expect(request.postData()).toContain('SAMLRequest=')
    await page.waitForURL(place)
    expect(violations).toEqual([])
  })

  test('where the sign-in begins at the identity provider', async () => {
    const connection = await connectSaml()
    const audience = `${local.url}/${DEV}/sso/v1/saml/${connection}`
    await page.goto(idp.tile({ acs: `${audience}/callback`, audience, relayState: '/reports' }))
    await press('Open the application')
    await arrivesWith('idp_initiated_login')
  })

  test('where it begins there, and the connection is disabled', async () => {
    const connection = await connectSaml()
    await api('PATCH', `/organizations/${ACME}/connections/${connection}:disable`)
    const audience = `${local.url}/${DEV}/sso/v1/saml/${connection}`
    await page.goto(idp.tile({ acs: `${audience}/callback`, audience, relayState: '' }))
    await press('Open the application')
    await arrivesWith('error')
  })
})
