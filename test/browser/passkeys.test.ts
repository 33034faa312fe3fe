import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit } from '@scalekit-sdk/node'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { images, launchChromium, violations } from './chromium.js'

const DEV = 'env_100000000000000001'
const ANA = 'ana@acme.example'

let local: LocalScalekit
let browser: Browser
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await local?.close()
})
beforeEach(async () => {
  await local.reset()
  const row = { id: 'conn_passkey', key_id: 'passkey', environment_id: DEV, organization_id: null }
  const kind = {
    type: 'WEBAUTHN',
    provider: 'CONNECTION_PROVIDER_UNSPECIFIED',
    status: 'COMPLETED',
    enabled: 1,
  }
  const values = { ...row, ...kind, data: '{}', created_at: 1, updated_at: 1 }
  await local.database.db
    .insertInto('connections')
    .values(values as never)
    .execute()
})

/** A browser with an authenticator of its own, as Chromium's developer tools make one. */
async function withAuthenticator(): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 } })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
  } as const
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options })
  return { page, context }
}

const CALLBACK = 'http://localhost:3000/auth/callback'

/** The address at which an application starts a sign-in. */
function signIn(): string {
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'skc_100000000000000001', redirect_uri: CALLBACK },
    ...{ scope: 'openid email', prompt: 'login', code_challenge_method: 'S256' },
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  })
  return `${local.url}/${DEV}/oauth/authorize?${query}`
}

/** Does something that leads back to the application, which runs nowhere, and gives the address. */
async function atCallback(page: Page, act: () => Promise<unknown>): Promise<URL> {
  const back = page.waitForEvent('requestfailed', (request) => request.url().startsWith(CALLBACK))
  await act()
  const url = new URL((await back).url())
  // Until the browser has shown that nobody answers there, it goes nowhere else.
  await page.waitForURL('chrome-error://chromewebdata/').catch(() => undefined)
  return url
}

async function makePasskey(page: Page, context: BrowserContext): Promise<URL> {
  await page.goto(signIn())
  await page.getByLabel('Or with a passkey; e-mail address for a new one').fill(ANA)
  expect(await violations(page)).toEqual([])
  await page.screenshot({ path: `${images}sign-in-passkey-light.png`, fullPage: true })
  await page.getByRole('button', { name: 'Make one by e-mail' }).click()
  const outbox = await context.newPage()
  await outbox.goto(`${local.url}/dashboard/outbox`)
  const link = await outbox.getByRole('link', { name: 'Open the link' }).first().getAttribute('href')
  await outbox.close()
  // Only the page in front may ask for a passkey.
  await page.bringToFront()
  await page.goto(link ?? '')
  expect(await violations(page)).toEqual([])
  return atCallback(page, () => page.getByRole('button', { name: 'Make it and sign in' }).click())
}

test('somebody makes a passkey through a link, and signs in with it', async () => {
  const { page, context } = await withAuthenticator()
  expect((await makePasskey(page, context)).searchParams.get('code')).toBeTruthy()

  await page.goto(signIn())
  const back = await atCallback(page, () =>
    page.getByRole('button', { name: 'Sign in with a passkey' }).click(),
  )
  expect(back.searchParams.get('code')).toBeTruthy()

  const sdk = new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')
  const ana =
    (await local.database.db.selectFrom('users').select('id').where('email', '=', ANA).executeTakeFirst())
      ?.id ?? ''
  const { credentials } = await sdk.webauthn.listCredentials(ana)
  expect(credentials).toMatchObject([{ userId: ana, authenticatorFlags: { userVerified: true } }])
  await sdk.webauthn.updateCredential(credentials[0]?.id ?? '', 'Laptop')
  await page.goto(signIn())
  const renamed = await atCallback(page, () =>
    page.getByRole('button', { name: 'Sign in with a passkey' }).click(),
  )
  expect(renamed.searchParams.get('code')).toBeTruthy()

  await sdk.webauthn.deleteCredential(credentials[0]?.id ?? '')
  await page.goto(signIn())
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  expect(await page.getByRole('alert').textContent()).toContain('not known here')
  await context.close()
})

test('a passkey answers one challenge once, for the sign-in that it was made for', async () => {
  const { page, context } = await withAuthenticator()
  await makePasskey(page, context)
  await page.goto(signIn())
  const sent = page.waitForRequest((request) => request.method() === 'POST')
  await atCallback(page, () => page.getByRole('button', { name: 'Sign in with a passkey' }).click())
  const used = new URLSearchParams((await sent).postData() ?? '')

  // The same answer again, in a sign-in of its own: the challenge is spent, and was another's.
  await page.goto(signIn())
  await page.evaluate(
    (fields) => {
      const form = (
        globalThis as never as {
          document: {
            querySelector(selector: string): {
              elements: Record<string, { value: string }>
              requestSubmit(button: unknown): void
              querySelector(selector: string): unknown
            }
          }
        }
      ).document.querySelector('form[data-passkey]')
      for (const [name, value] of Object.entries(fields)) {
        const field = form.elements[name]
        if (field) field.value = value
      }
      form.requestSubmit(form.querySelector('button[value=passkey]'))
    },
    { challenge: used.get('challenge') ?? '', credential: used.get('credential') ?? '' },
  )
  expect(await page.getByRole('alert').textContent()).toContain('not known here')
  await context.close()
})

/** Calls the management API as Ana. */
async function asAna(path: string, body: object) {
  const headers = { 'content-type': 'application/json', 'x-scalekit-local': '1' }
  const claims = { subject: ANA, resource: `${local.url}/${DEV}` }
  const minted = await fetch(`${local.url}/__local/tokens`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify(claims),
  })
  const { access_token } = (await minted.json()) as { access_token: string }
  const response = await fetch(`${local.url}/api/v1/webauthn/${path}`, {
    ...{ method: 'POST', headers: { authorization: `Bearer ${access_token}` } },
    body: JSON.stringify(body),
  })
  return response.json() as Promise<Record<string, unknown>>
}

test('a passkey that a user makes with the management API signs in', async () => {
  const { page, context } = await withAuthenticator()
  await page.goto(signIn())
  const { options } = await asAna('registration:begin', {})
  const made = await page.evaluate(async (asked) => {
    const { navigator, PublicKeyCredential } = globalThis as never as {
      navigator: { credentials: { create(wanted: object): Promise<{ toJSON(): BrowserCredential }> } }
      PublicKeyCredential: { parseCreationOptionsFromJSON(options: unknown): unknown }
    }
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked)
    return (await navigator.credentials.create({ publicKey })).toJSON()
  }, options)
  const bytes = (text: string) => Buffer.from(text, 'base64url').toString('base64')
  const finished = await asAna('registration:finish', {
    credential_id: bytes(made.rawId),
    attestation_object: bytes(made.response.attestationObject),
    client_data_json: bytes(made.response.clientDataJSON),
    type: made.type,
    transports: made.response.transports,
    authenticator_attachment: made.authenticatorAttachment,
    client_extension_results: made.clientExtensionResults,
  })
  expect(finished).toEqual({ success: true })
  await page.goto(signIn())
  const back = await atCallback(page, () =>
    page.getByRole('button', { name: 'Sign in with a passkey' }).click(),
  )
  expect(back.searchParams.get('code')).toBeTruthy()
  await context.close()
})

interface BrowserCredential {
  readonly rawId: string
  readonly type: string
  readonly authenticatorAttachment: string
  readonly clientExtensionResults: object
  readonly response: {
    readonly attestationObject: string
    readonly clientDataJSON: string
    readonly transports: readonly string[]
  }
}
