import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit } from '@scalekit-sdk/node'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { images, launchChromium, violations } from './chromium.js'

const DEV = 'env_100000000000000001'
const GLOBEX = 'org_100000000000000002'
const CLIENT = 'skc_100000000000000001'
const SECRET = 'test_local_secret'
const CALLBACK = 'http://localhost:3000/auth/callback'

let local: LocalScalekit
let browser: Browser
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
  browser = await launchChromium()
})
beforeEach(() => local.reset())
afterAll(async () => {
  await browser?.close()
  await local?.close()
})

const schemes = ['light', 'dark'] as const

/** A page whose policy is lifted for axe, and what its console says. */
async function newPage() {
  const context = await browser.newContext({
    bypassCSP: true,
    viewport: { width: 1200, height: 800 },
  })
  const page = await context.newPage()
  const messages: string[] = []
  page.on('console', (message) => messages.push(message.text()))
  return { page, context, messages }
}

async function portalLink(): Promise<string> {
  const sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT, SECRET)
  const { location } = await sdk.organization.generatePortalLink(GLOBEX)
  return location
}

/** The metadata of an identity provider that is not the one to connect in the end. */
async function anotherProvider(): Promise<string> {
  const row = {
    ...{ id: 'conn_another', environment_id: DEV, organization_id: null, key_id: 'another', type: 'SAML' },
    ...{ provider: 'CUSTOM', data: '{}', created_at: 1, updated_at: 1 },
    ...({ status: 'DRAFT', enabled: 0 } as const),
  }
  const { db } = local.database
  await db
    .insertInto('connections')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return `${local.url}/simulator/${row.id}/saml/metadata`
}

/** Enables passwords and a social connection in the development environment. */
async function offerEveryWay(): Promise<void> {
  const { db } = local.database
  const common = { environment_id: DEV, organization_id: null, status: 'COMPLETED', enabled: 1 } as const
  const times = { created_at: 1, updated_at: 1 }
  const settings = { settings_case: 'oauthConfig', settings: { usePlatformCreds: true } }
  const password = { type: 'PASSWORD', provider: 'CONNECTION_PROVIDER_UNSPECIFIED', data: '{}' }
  const google = { type: 'OAUTH', provider: 'GOOGLE', data: JSON.stringify(settings) }
  for (const [key_id, kind] of Object.entries({ password, google })) {
    const row = { id: `conn_${key_id}`, key_id, ...common, ...kind, ...times }
    await db.insertInto('connections').values(row).execute()
  }
}

/** The address at which an application starts a sign-in. */
function authorizationUrl(params: Record<string, string>): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT,
    redirect_uri: CALLBACK,
    scope: 'openid email',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...params,
  })
  return `${local.url}/${DEV}/oauth/authorize?${query}`
}

/** The address at which the browser comes back to the application, which does not run here. */
async function atCallback(page: Page, last: () => Promise<void>): Promise<URL> {
  const back = page.waitForRequest((request) => request.url().startsWith(CALLBACK))
  await last()
  return new URL((await back).url())
}

/** What axe finds in either color scheme. */
async function problems(page: Page) {
  const found = []
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    found.push(...(await violations(page)).map((violation) => ({ colorScheme, violation })))
  }
  return found
}

async function picture(
  of: Page | Locator,
  name: string,
  options: { fullPage?: boolean } = {},
): Promise<void> {
  const page = 'page' in of ? of.page() : of
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await of.screenshot({ path: `${images}${name}-${colorScheme}.png`, ...options })
  }
}

describe('in both color schemes', () => {
  test('the dashboard shows everything, and axe finds nothing', async () => {
    const { page, context, messages } = await newPage()
    await page.goto(local.url)
    expect(await problems(page)).toEqual([])
    await picture(page, 'dashboard')
    for (const name of ['Workspace', 'Development', 'Production', 'Tokens', 'Requests', 'Outbox']) {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(name)
      expect(await problems(page), name).toEqual([])
      if (name === 'Development') {
        await picture(page, 'dashboard-environment', { fullPage: true })
      }
    }
    await page.goto(`${local.url}/dashboard/reset`)
    expect(await problems(page)).toEqual([])
    expect(messages).toEqual([])
    await context.close()
  })

  test('the request log is live', async () => {
    const { page, context } = await newPage()
    await page.goto(`${local.url}/dashboard/requests`)
    await page.getByText('New ones appear by themselves.').waitFor()
    await fetch(`${local.url}/${DEV}/keys`)
    await page.getByRole('cell', { name: `/${DEV}/keys` }).waitFor()
    expect(await problems(page)).toEqual([])
    await picture(page, 'requests')
    await context.close()
  })

  test('an administrator opens the portal link, connects the simulator, tests it and signs in through it', async () => {
    const { page, context, messages } = await newPage()
    await page.goto(await portalLink())
    expect(await problems(page)).toEqual([])
    await picture(page, 'portal')

    await page.getByRole('link', { name: 'Connect with OpenID Connect' }).click()
    expect(await problems(page)).toEqual([])
    await page.getByLabel('Issuer').fill('nowhere')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').waitFor()
    expect(await problems(page)).toEqual([])
    await page.getByRole('link', { name: 'Globex' }).click()

    await page.getByRole('button', { name: 'Connect the identity provider simulator' }).click()
    await page.getByRole('heading', { name: /simulator/ }).waitFor()
    expect(await problems(page)).toEqual([])
    await picture(page, 'portal-connection')
    await page.getByRole('link', { name: 'Test the connection' }).click()
    await page.getByLabel('E-mail address').fill('gina@globex.example')
    expect(await problems(page)).toEqual([])
    await picture(page, 'simulator')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'The test worked' }).waitFor()
    expect(await problems(page)).toEqual([])

    await page.goto(authorizationUrl({ organization_id: GLOBEX }))
    await page.getByLabel('E-mail address').fill('gina@globex.example')
    await page.getByLabel('First name').fill('Gina')
    const back = await atCallback(page, () => page.keyboard.press('Enter'))
    expect(back.searchParams.get('code')).toBeTruthy()
    const dashboard = await context.newPage()
    await dashboard.goto(`${local.url}/dashboard/${DEV}`)
    expect(await dashboard.getByRole('link', { name: 'gina@globex.example', exact: true }).count()).toBe(1)
    expect(messages.filter((text) => !/422|ERR_CONNECTION_REFUSED/.test(text))).toEqual([])
    await context.close()
  })

  test('an administrator connects with SAML, tests it and signs in through it', async () => {
    const { page, context, messages } = await newPage()
    await page.goto(await portalLink())
    await page.getByRole('link', { name: 'Connect with SAML' }).click()
    await page.getByLabel('Sign-on URL').fill('https://idp.example/sso')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').waitFor()
    expect(await problems(page)).toEqual([])
    await page.getByLabel('Metadata URL').fill(await anotherProvider())
    await page.getByLabel('Sign-on URL').fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    const metadata = await page.getByText('/saml/metadata').filter({ hasText: '/simulator/' }).textContent()
    await page.getByLabel('Metadata URL').fill(metadata ?? '')
    await page.getByRole('button', { name: 'Save' }).click()
    expect(await problems(page)).toEqual([])
    await picture(page, 'portal-saml', { fullPage: true })

    await page.getByRole('link', { name: 'Test the connection' }).click()
    await page.getByLabel('E-mail address').fill('gina@globex.example')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'The test worked' }).waitFor()
    await page.getByRole('link', { name: 'Back to the connection' }).click()
    await page.getByRole('button', { name: 'Enable' }).click()

    await page.goto(authorizationUrl({ connection_id: new URL(page.url()).pathname.split('/').at(-1) ?? '' }))
    await page.getByLabel('E-mail address').fill('gina@globex.example')
    const back = await atCallback(page, () => page.getByRole('button', { name: 'Sign in' }).click())
    expect(back.searchParams.get('code')).toBeTruthy()
    expect(messages.filter((text) => !/422|ERR_CONNECTION_REFUSED/.test(text))).toEqual([])
    await context.close()
  })

  test('a directory is added in the portal, and its token is shown once', async () => {
    const { page, context } = await newPage()
    await page.goto(await portalLink())
    await page.getByRole('button', { name: 'Add a SCIM directory' }).click()
    await page.getByRole('button', { name: 'Create a token' }).click()
    await page.getByText('It is not shown again.').waitFor()
    expect(await problems(page)).toEqual([])
    await page.reload()
    await context.close()
  })

  test('somebody signs in with the code from the outbox, and chooses an organization', async () => {
    const { page, context } = await newPage()
    await page.goto(authorizationUrl({}))
    await page.getByLabel('Or by e-mail address').fill('chi@globex.example')
    await page.getByRole('button', { name: 'E-mail me a code' }).click()
    expect(await problems(page)).toEqual([])
    await picture(page, 'code')

    const outbox = await context.newPage()
    await outbox.goto(`${local.url}/dashboard/outbox`)
    expect(await violations(outbox)).toEqual([])
    await picture(outbox, 'outbox')
    const code = (await outbox.locator('.big').textContent()) ?? ''
    await page.getByLabel('Digit 1 of 6').pressSequentially(code)

    await page.getByRole('heading', { name: 'Choose an organization' }).waitFor()
    expect(await problems(page)).toEqual([])
    const back = await atCallback(page, () => page.getByRole('button', { name: /Acme Robotics/ }).click())
    expect(back.searchParams.get('code')).toBeTruthy()
    await context.close()
  })

  test('somebody sets a password by e-mail, signs in with it, and with a social connection', async () => {
    const { page, context } = await newPage()
    await offerEveryWay()
    await page.goto(authorizationUrl({ prompt: 'login' }))
    await page.getByLabel('Or with a password: e-mail address').fill('ana@acme.example')
    expect(await problems(page)).toEqual([])
    await picture(page, 'sign-in-ways', { fullPage: true })
    await page.getByRole('button', { name: 'Set or reset it by e-mail' }).click()
    await page.getByRole('heading', { name: 'Look into your e-mail' }).waitFor()
    expect(await problems(page)).toEqual([])
    const outbox = await context.newPage()
    await outbox.goto(`${local.url}/dashboard/outbox`)
    const link = await outbox.getByRole('link', { name: 'Open the link' }).getAttribute('href')
    await page.goto(link ?? '')
    await page.getByLabel('New password').fill('short')
    await page.getByLabel('New password').evaluate((input) => input.removeAttribute('minlength'))
    await page.getByRole('button', { name: 'Set and sign in' }).click()
    await page.getByRole('alert').waitFor()
    expect(await problems(page)).toEqual([])
    await page.getByLabel('New password').fill('correct horse battery staple')
    await picture(page, 'password')
    const set = await atCallback(page, () => page.getByRole('button', { name: 'Set and sign in' }).click())
    expect(set.searchParams.get('code')).toBeTruthy()

    const again = await context.newPage()
    await again.goto(authorizationUrl({ prompt: 'login' }))
    await again.getByLabel('Or with a password: e-mail address').fill('ana@acme.example')
    await again.getByLabel('Password', { exact: true }).fill('correct horse battery staple')
    const back = await atCallback(again, () => again.keyboard.press('Enter'))
    expect(back.searchParams.get('code')).toBeTruthy()

    const social = await context.newPage()
    await social.goto(authorizationUrl({ prompt: 'login' }))
    await social.getByRole('link', { name: 'Continue with Google' }).click()
    await social.getByLabel('E-mail address').fill('ana@acme.example')
    const through = await atCallback(social, () => social.getByRole('button', { name: 'Sign in' }).click())
    expect(through.searchParams.get('code')).toBeTruthy()
    await context.close()
  })

  test('somebody connects an account at a provider and with a form, and axe finds nothing', async () => {
    const { page, context, messages } = await newPage()
    const { actions } = new Scalekit(`${local.url}/${DEV}`, CLIENT, SECRET)
    const linkOf = async (connectionName: string) =>
      (await actions.getAuthorizationLink({ connectionName, identifier: 'ana@acme.example' })).link
    await page.goto(await linkOf('gmail'))
    expect(await problems(page)).toEqual([])
    await page.getByLabel('Account').fill('')
    await page.getByRole('button', { name: 'Allow' }).click()
    expect(await page.getByRole('alert').innerText()).toBe('Name the account.')
    expect(await problems(page)).toEqual([])
    await page.getByLabel('Account').fill('ana@gmail.example')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('heading', { name: 'Account connected' }).waitFor()
    expect(await problems(page)).toEqual([])
    await page.goto(await linkOf('freshdesk'))
    expect(await problems(page)).toEqual([])
    await page.getByRole('button', { name: 'Connect' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('Fill in')
    expect(await problems(page)).toEqual([])
    await page.goto(await linkOf('slack'))
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByRole('heading', { name: 'The account is not connected' }).waitFor()
    expect(await problems(page)).toEqual([])
    expect(messages.filter((message) => !/40\d|422/.test(message))).toEqual([])
    await context.close()
  })

  test('pages that refuse say so, and axe finds nothing', async () => {
    const { page, context } = await newPage()
    for (const path of [
      `/${DEV}/portal`,
      `/${DEV}/magicLink/used_p`,
      `/${DEV}/magicLink/used_o`,
      `/${DEV}/oauth/authorize?client_id=nobody`,
    ]) {
      await page.goto(local.url + path)
      expect(await problems(page), path).toEqual([])
    }
    await context.close()
  })
})

test('somebody else signs in after the first one, in the same browser', async () => {
  const context = await browser.newContext()
  for (const name of [/Ana Almeida/, /Ben Baker/]) {
    const page = await context.newPage()
    await page.goto(authorizationUrl({ prompt: 'login' }))
    const back = await atCallback(page, () => page.getByRole('button', { name }).click())
    expect(back.searchParams.get('code')).toBeTruthy()
  }
  await context.close()
})

test('under their own policies the dashboard and the portal each run one script, our own', async () => {
  const page = await browser.newPage()
  const messages: string[] = []
  page.on('console', (message) => messages.push(message.text()))
  await page.goto(`${local.url}/dashboard/requests`)
  await page.getByText('New ones appear by themselves.').waitFor()
  expect(await page.locator('script').count()).toBe(1)
  await page.goto(await portalLink())
  expect(await page.locator('script').count()).toBe(1)
  await page.getByRole('button', { name: 'Connect the identity provider simulator' }).click()
  await page.getByRole('link', { name: 'Test the connection' }).click()
  await page.getByLabel('E-mail address').fill('gina@globex.example')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'The test worked' }).waitFor()
  expect(messages).toEqual([])
  await page.close()
})

describe('under the policy of the pages, Chromium comes back to an application on another port', () => {
  // An application whose callback goes on to a page of its own, on another port.
  const callbacks: string[] = []
  const pages = createServer((_request, response) => response.end('signed in'))
  const application = createServer((request, response) => {
    callbacks.push(request.url ?? '')
    response.writeHead(302, { location: `${home}/home` }).end()
  })
  let [app, home] = ['', '']
  const listen = async (server: Server) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://localhost:${(server.address() as AddressInfo).port}`
  }
  beforeAll(async () => {
    ;[app, home] = [await listen(application), await listen(pages)]
  })
  beforeEach(async () => {
    const data = JSON.stringify({ name: 'App', post_login_uris: [`${app}/callback`] })
    await local.database.db.updateTable('clients').set({ data }).where('id', '=', CLIENT).execute()
  })
  afterAll(() => {
    application.close()
    pages.close()
  })

  const connect = async (organization: string) => {
    const sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT, SECRET)
    const accessToken = await sdk.generateClientToken(CLIENT, SECRET)
    const call = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(
        `${local.url}/${DEV}/api/v1/organizations/${organization}/connections${path}`,
        {
          method,
          headers: { authorization: `Bearer ${accessToken}` },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
      )
      return (await response.json()) as { connection: { id: string } }
    }
    const { connection } = await call('POST', '', { type: 'OIDC', provider: 'IDP_SIMULATOR' })
    await call('PATCH', `/${connection.id}:enable`)
    return connection.id
  }

  const signIn = async (params: Record<string, string>, steps: (page: Page) => Promise<void>) => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const blocked: string[] = []
    page.on('console', (message) => blocked.push(message.text()))
    await page.goto(authorizationUrl({ ...params, redirect_uri: `${app}/callback` }))
    await steps(page)
    await page.waitForURL(`${home}/home`)
    expect(callbacks.at(-1)).toContain('code=')
    expect(blocked.filter((text) => text.includes('Content Security Policy'))).toEqual([])
    await context.close()
  }

  test('from the page of the person', () =>
    signIn({}, (page) => page.getByRole('button', { name: /ana@acme\.example/ }).click()))

  test('from the identity provider simulator', async () => {
    const connection_id = await connect(GLOBEX)
    await signIn({ connection_id }, async (page) => {
      await page.getByLabel('E-mail address').fill('chi@globex.example')
      await page.getByRole('button', { name: 'Sign in' }).click()
    })
  })

  test('from the page of a typed address, over the identity provider of its domain', async () => {
    await connect(GLOBEX)
    await signIn({}, async (page) => {
      await page.locator('input[name="email"]').first().fill('chi@globex.example')
      await page.getByRole('button', { name: 'Continue', exact: true }).click()
      await page.getByRole('button', { name: 'Sign in' }).click()
    })
  })

  test('from the six cells of a code, typed into the first one', () =>
    signIn({}, async (page) => {
      await page.locator('input[name="email"]').first().fill('new+sktest@mail.example')
      await page.getByRole('button', { name: 'Continue', exact: true }).click()
      const cells = page.locator('[data-scope="pin-input"][data-part="input"]')
      await cells.first().pressSequentially('424242')
      expect(
        await cells.evaluateAll((all) => all.map((cell) => (cell as unknown as { value: string }).value)),
      ).toEqual([...'424242'])
      expect(await problems(page)).toEqual([])
    }))

  test('as somebody else, with prompt=login', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    for (const [person, params] of [
      ['ana', {}],
      ['ben', { prompt: 'login' }],
    ] as [string, Record<string, string>][]) {
      await page.goto(authorizationUrl({ ...params, redirect_uri: `${app}/callback` }))
      await page.getByRole('button', { name: new RegExp(`${person}@acme`) }).click()
      await page.waitForURL(`${home}/home`)
    }
    await context.close()
  })
})
