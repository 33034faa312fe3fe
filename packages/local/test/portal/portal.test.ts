import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { Browser } from '../oauth/browser.js'
import { createSamlIdp } from '../oauth/saml-idp.js'
import { application, DEV, errorOf } from '../oauth/sso-client.js'

const ACME = 'org_100000000000000001'
const GLOBEX = 'org_100000000000000002'

/** Made before anything is served: it takes the event loop for a while, in which open connections time out. */
const { certificate } = createSamlIdp('https://idp.example')

let local: LocalScalekit
let sdk: Scalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  sdk = new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')
})
beforeEach(() => local.reset())
afterAll(() => local.close())

async function link(organization = ACME, features: string[] = []): Promise<string> {
  const token = await sdk.generateClientToken('skc_100000000000000001', 'test_local_secret')
  const query = features.map((feature) => `features=${feature}`).join('&')
  const response = await fetch(
    `${local.url}/${DEV}/api/v1/organizations/${organization}/portal_links?${query}`,
    {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: '{}',
    },
  )
  return ((await response.json()) as { link: { location: string } }).link.location
}

async function open(organization?: string, features?: string[]) {
  const browser = new Browser()
  const { page = '', url } = await browser.follow(await link(organization, features))
  expect(url).toBe(`${local.url}/${DEV}/portal`)
  return { browser, page, url }
}

async function move(seconds: number): Promise<void> {
  await fetch(`${local.url}/__local/clock`, {
    method: 'POST',
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ advance: seconds }),
  })
}

describe('a portal link', () => {
  it('opens the portal of its organization, once', async () => {
    const location = await link()
    const { page, response } = await new Browser().follow(location)
    expect(page).toContain('Acme Robotics')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    const again = await new Browser().follow(location)
    expect(again.response.status).toBe(410)
    expect(again.page).toContain('Ask for a new link')
  })

  it('is not used up by a program that only looks', async () => {
    const location = await link()
    expect((await fetch(location, { method: 'HEAD' })).status).toBe(410)
    expect((await new Browser().follow(location)).page).toContain('Acme Robotics')
  })

  it('opens once when two open it at the same moment', async () => {
    const location = await link()
    const opened = await Promise.all([1, 2, 3, 4].map(() => fetch(location, { redirect: 'manual' })))
    expect(opened.map(({ status }) => status).sort()).toEqual([303, 410, 410, 410])
  })

  it('expires after a minute, and the portal after six hours', async () => {
    const late = await link()
    const { browser, url } = await open()
    await move(61)
    expect((await new Browser().follow(late)).response.status).toBe(410)
    expect((await browser.follow(url)).response.status).toBe(200)
    await move(6 * 3600)
    expect((await browser.follow(url)).response.status).toBe(401)
  })

  it.each([
    ['all links of its organization are', ''],
    ['it is', '/one'],
  ])('ends the session that it opened when %s deleted', async (_what, one) => {
    const location = await link()
    const browser = new Browser()
    const { url } = await browser.follow(location)
    await move(61)
    await link()
    expect((await browser.follow(url)).response.status).toBe(200)
    const minted = await fetch(`${local.url}/__local/tokens`, {
      method: 'POST',
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: 'admin@example.com',
        resource: `${local.url}/workspace`,
        scopes: ['workspace:write', 'environment:write', 'organization:write'],
      }),
    })
    const { access_token: token } = (await minted.json()) as { access_token: string }
    const { id } = await local.database.db
      .selectFrom('links')
      .select('id')
      .where('redeemed_at', 'is not', null)
      .executeTakeFirstOrThrow()
    const links = `${local.url}/${DEV}/api/v1/organizations/${ACME}/portal_links${one && `/${id}`}`
    const deleted = await fetch(links, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
    expect(deleted.status).toBe(200)
    expect((await browser.follow(url)).response.status).toBe(401)
  })

  it('opens nothing of another environment, and the portal needs one', async () => {
    const elsewhere = (await link()).replace(DEV, 'env_100000000000000002')
    expect((await new Browser().follow(elsewhere)).response.status).toBe(410)
    expect((await new Browser().follow(`${local.url}/${DEV}/portal`)).response.status).toBe(401)
    expect((await new Browser().follow(`${local.url}/workspace/portal`)).response.status).toBe(404)
  })

  it('is good for its features', async () => {
    const { browser, page, url } = await open(ACME, ['sso'])
    expect(page).toContain('Single sign-on')
    expect(page).not.toContain('Directory sync')
    await browser.submit(url, page, { action: 'directory' })
    expect((await sdk.directory.listDirectories(ACME)).directories).toHaveLength(1)
    expect((await browser.follow(`${url}/directories/dir_100000000000000001`)).response.status).toBe(403)
    const other = await open(ACME, ['dir_sync'])
    expect(other.page).not.toContain('Single sign-on')
    expect((await other.browser.follow(`${url}/connections/new`)).response.status).toBe(403)
  })
})

describe('single sign-on', () => {
  it('is set up with the simulator by one click, tested, disabled and enabled', async () => {
    const { browser, page, url } = await open(GLOBEX)
    const connection = await browser.submit(url, page, { action: 'simulator' })
    const id = connection.url.split('/').at(-1) ?? ''
    expect(connection.page).toContain('enabled')

    const simulator = await browser.follow(`${connection.url}/test`)
    const tested = await browser.submit(simulator.url, simulator.page ?? '', {
      answer: 'sign-in',
      email: 'gina@globex.example',
      groups: 'Staff, Admins',
    })
    expect(tested.page).toContain('The test worked')
    expect(tested.page).toContain('gina@globex.example')
    expect(tested.page).toContain('Staff, Admins')
    // A test signs nobody in, and creates nobody.
    expect(
      await local.database.db
        .selectFrom('users')
        .select('id')
        .where('email', '=', 'gina@globex.example')
        .execute(),
    ).toEqual([])
    expect((await browser.follow(tested.url)).response.status).toBe(400)

    const app = application(local.url)
    const end = await app.simulate({ organization_id: GLOBEX }, { email: 'gina@globex.example' })
    expect((await app.finish(end.url, end.verifier)).id).toMatchObject({ oid: GLOBEX, amr: [id] })

    const off = await browser.submit(connection.url, connection.page ?? '', { action: 'disable' })
    expect(off.page).toContain('disabled')
    expect(errorOf((await app.start({ connection_id: id })).url)).toBe('connection_not_active')
  })

  it('is set up with SAML, from metadata or from its three values', async () => {
    const { browser, url } = await open(GLOBEX)
    const form = await browser.follow(`${url}/connections/new-saml`)
    const empty = await browser.submit(form.url, form.page ?? '', {
      action: 'save',
      entity_id: 'https://idp.example',
    })
    expect(empty.response.status).toBe(422)
    expect(empty.page).toContain(
      'Fill in the metadata URL, or all of entity ID, sign-on URL and certificate.',
    )
    expect(empty.page).toContain('value="https://idp.example"')

    const refused = await browser.submit(form.url, empty.page ?? '', {
      action: 'save',
      entity_id: 'https://idp.example',
      sso_url: 'https://idp.example/sso',
      certificate: 'not one',
    })
    expect(refused.response.status).toBe(422)
    expect(refused.page).toContain('must be an X.509 certificate in PEM')

    const made = await browser.submit(form.url, refused.page ?? '', {
      action: 'save',
      entity_id: 'https://idp.example',
      sso_url: 'https://idp.example/sso',
      certificate,
    })
    expect(made.page).toContain('/sso/v1/saml/')
    const metadata = /<code>([^<]*\/simulator\/[^<]*)<\/code>/.exec(made.page ?? '')?.[1] ?? ''
    const saved = await browser.submit(made.url, made.page ?? '', { action: 'save', metadata_url: metadata })
    const id = saved.url.split('/').at(-1) ?? ''
    const { connection } = await sdk.connection.getConnection(GLOBEX, id)
    expect(connection?.settings.value).toMatchObject({ idpMetadataUrl: metadata })
    await browser.submit(saved.url, saved.page ?? '', { action: 'enable' })
    const app = application(local.url)
    expect((await app.start({ connection_id: id })).page).toContain('Identity provider simulator')
  })

  it('shows why a test failed', async () => {
    const { browser, page, url } = await open(GLOBEX)
    const connection = await browser.submit(url, page, { action: 'simulator' })
    const simulator = await browser.follow(`${connection.url}/test`)
    const tested = await browser.submit(simulator.url, simulator.page ?? '', { answer: 'refuse' })
    expect(tested.page).toContain('The test failed')
    expect(tested.page).toContain('access_denied')
  })

  it('is set up with OpenID Connect, and never shows the secret', async () => {
    const { browser, url } = await open(GLOBEX)
    const form = await browser.follow(`${url}/connections/new`)
    const wrong = await browser.submit(form.url, form.page ?? '', {
      action: 'save',
      issuer: 'nowhere',
      client_id: 'x',
    })
    expect(wrong.response.status).toBe(422)
    expect(wrong.page).toContain('must be an http(s) URL')
    expect((await sdk.connection.listConnections(GLOBEX)).connections).toEqual([])
    const saved = await browser.submit(wrong.url, wrong.page ?? '', {
      action: 'save',
      issuer: `${local.url}/env_100000000000000002`,
      client_id: 'skc_100000000000000002',
      client_secret: 'a_secret_of_theirs',
    })
    expect(saved.url).toMatch(/\/connections\/conn_\d+$/)
    expect(saved.page).not.toContain('a_secret_of_theirs')
    expect(saved.page).toContain('/callback')
    const kept = await browser.submit(saved.url, saved.page ?? '', {
      action: 'save',
      issuer: `${local.url}/env_100000000000000002`,
      client_id: 'another_client',
      client_secret: '',
    })
    expect(kept.page).toContain('another_client')
    const enabled = await browser.submit(kept.url, kept.page ?? '', { action: 'enable' })
    expect(enabled.page).toContain('enabled')
  })

  it('says so when the identity provider cannot be reached', async () => {
    const { browser, url } = await open(GLOBEX)
    const form = await browser.follow(`${url}/connections/new`)
    const saved = await browser.submit(form.url, form.page ?? '', {
      action: 'save',
      issuer: `${local.url}/env_999`,
      client_id: 'x',
      client_secret: 'y',
    })
    const tested = await browser.follow(`${saved.url}/test`)
    expect(tested.response.status).toBe(422)
    expect(tested.page).toContain('did not answer as it should')
  })

  it('is nobody else’s', async () => {
    const { browser, url } = await open(GLOBEX)
    const theirs = `${url}/connections/conn_100000000000000002`
    expect((await browser.follow(theirs)).response.status).toBe(404)
    const { page = '' } = await browser.follow(url)
    const forced = await browser.follow(theirs, {
      method: 'POST',
      headers: { origin: local.url },
      body: new URLSearchParams({
        csrf: /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '',
        action: 'save',
        issuer: 'http://evil.example',
        client_id: 'x',
      }),
    })
    expect([403, 404, 422]).toContain(forced.response.status)
    const [row] = await local.database.db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', 'conn_100000000000000002')
      .execute()
    expect(row?.data).not.toContain('evil')
  })
})

describe('a directory', () => {
  it('is added, gets a token that is shown once, and takes users', async () => {
    const { browser, page, url } = await open(GLOBEX)
    const added = await browser.submit(url, page, { action: 'directory' })
    expect(added.page).toContain('disabled')
    const shown = await browser.submit(added.url, added.page ?? '', { action: 'token' })
    const token = /class="token">([^<]+)</.exec(shown.page ?? '')?.[1] ?? ''
    const endpoint = /<code>(http[^<]+scim\/v2)<\/code>/.exec(shown.page ?? '')?.[1] ?? ''
    const created = await fetch(`${endpoint}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ userName: 'gina@globex.example' }),
    })
    expect(created.status).toBe(201)
    const again = await browser.follow(added.url)
    expect(again.page).toContain('sent 1 user and 0 groups')
    expect(again.page).not.toContain(token)
    const off = await browser.submit(again.url, again.page ?? '', { action: 'disable' })
    expect(off.page).toContain('disabled')
    expect((await fetch(`${endpoint}/Users`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      403,
    )
  })
})

describe('a form of the portal', () => {
  it('needs the token of its page, and its own origin', async () => {
    const { browser, page, url } = await open(GLOBEX)
    expect((await browser.submit(url, '', { action: 'simulator' })).response.status).toBe(403)
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const foreign = await browser.open(url, {
      method: 'POST',
      headers: { origin: 'http://localhost:3000' },
      body: new URLSearchParams({ csrf, action: 'simulator' }),
    })
    expect(foreign.status).toBe(403)
    expect((await sdk.connection.listConnections(GLOBEX)).connections).toEqual([])
  })
})
