import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit } from '@scalekit-sdk/node'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { images, launchChromium, violations } from './chromium.js'

const DEV = 'env_100000000000000001'
const ACME = 'org_100000000000000001'
const GLOBEX = 'org_100000000000000002'
const CHI = 'usr_100000000000000103'
const CLIENT = 'skc_100000000000000001'
const SECRET = 'test_local_secret'

let local: LocalScalekit
let sdk: Scalekit
let browser: Browser
let context: BrowserContext
let page: Page
let messages: string[]
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
  browser = await launchChromium()
})
beforeEach(async () => {
  await local.reset()
  sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT, SECRET)
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  page = await context.newPage()
  messages = []
  page.on('console', (message) => messages.push(message.text()))
})
afterEach(async () => {
  // The console notes that a refused form answers 422, and that the application does not run.
  expect(messages.filter((text) => !/422|ERR_CONNECTION_REFUSED/.test(text))).toEqual([])
  await context.close()
})
afterAll(async () => {
  await browser?.close()
  await local?.close()
})

type Value = string | boolean | readonly string[]

const open = (path: string) => page.goto(`${local.url}/dashboard/${DEV}${path}`)
const idOf = () => decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '')
const heading = () => page.getByRole('heading', { level: 1 }).textContent()
const exactly = (text: string) => new RegExp(`^\\s*${text.replace(/[()]/g, '\\$&')}( \\(required\\))?\\s*$`)

/** Fills in a form by its labels: texts, options, checkboxes, and several of a group of checkboxes. */
async function fill(fields: Readonly<Record<string, Value>>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    if (Array.isArray(value)) {
      const group = page.getByRole('group', { name: label })
      for (const box of await group.getByRole('checkbox').all()) await box.uncheck()
      for (const name of value) await group.getByLabel(name).check()
      continue
    }
    const input = page.getByLabel(exactly(label))
    if (typeof value === 'boolean') await input.setChecked(value)
    else if (await isSelect(input)) await input.selectOption(value as string)
    else await input.fill(value as string)
  }
}

const isSelect = (input: Locator) =>
  input.evaluate((element) => (element as unknown as { nodeName: string }).nodeName === 'SELECT')

/** Clicks what leads to another page, and waits for it. */
async function andLoad(target: Locator): Promise<void> {
  await Promise.all([page.waitForEvent('load'), target.click()])
}

/** Follows the link of an operation, fills in its form and submits it. */
async function act(label: string, fields: Readonly<Record<string, Value>> = {}): Promise<void> {
  await page.getByRole('main').getByRole('link', { name: label, exact: true }).click()
  await fill(fields)
  await andLoad(page.getByRole('main').locator('form').getByRole('button'))
  expect(await page.getByRole('alert').allTextContents(), label).toEqual([])
}

/** Deletes what the page is about. */
async function remove(label: string): Promise<void> {
  await act(label)
  expect(page.url()).not.toContain('/delete')
}

/** A value that is shown once. */
async function revealed(label: string): Promise<string> {
  const value = await page.locator(`dt:text-is("${label}") + dd code`).textContent()
  await andLoad(page.getByRole('link', { name: 'Continue' }))
  return value ?? ''
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there
async function rest(method: string, path: string): Promise<{ status: number; body: any }> {
  const response = await fetch(`${local.url}/${DEV}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${await sdk.getClientAccessToken()}` },
  })
  return { status: response.status, body: await response.json() }
}

const machineToken = (id: string, secret: string) =>
  fetch(`${local.url}/${DEV}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  })

describe('by hand, somebody creates, edits and deletes', () => {
  test('an organization, with its session policy, features and user limit', async () => {
    await open('/organizations')
    await act('Create organization', {
      ...{
        Name: 'Hooli',
        'External id': 'hooli',
        Slug: 'hooli',
        'Logo URL': 'https://hooli.example/logo.png',
      },
      Metadata: 'plan: pro\nregion: north',
    })
    const id = idOf()
    const { organization: created } = await sdk.organization.getOrganization(id)
    expect(created).toMatchObject({
      ...{ displayName: 'Hooli', externalId: 'hooli', slug: 'hooli' },
      ...{ logoUrl: 'https://hooli.example/logo.png', metadata: { plan: 'pro', region: 'north' } },
    })
    await act('Edit organization', { Name: 'Hooli XYZ', 'External id': '', Metadata: 'plan: pro' })
    const { organization: edited } = await sdk.organization.getOrganization(id)
    expect(edited).toMatchObject({ displayName: 'Hooli XYZ', metadata: { plan: 'pro' } })
    expect(edited?.externalId).toBeUndefined()

    await act('Change session policy', {
      ...{ Policy: 'CUSTOM', 'Session ends after': '2', Unit: 'HOURS' },
      ...{
        'End idle sessions': true,
        'Idle session ends after': '30',
        'Unit of the idle timeout': 'MINUTES',
      },
    })
    expect(await sdk.organization.getOrganizationSessionPolicy(id)).toMatchObject({
      ...{ absoluteSessionTimeout: 120, idleSessionTimeout: 30, idleSessionTimeoutEnabled: true },
    })
    await act('Change features', { Features: ['sso'] })
    await act('Change user limit', { 'Highest number of users': '7' })
    const { organization: limited } = await sdk.organization.getOrganization(id)
    expect(limited?.settings?.features).toMatchObject([
      { name: 'sso', enabled: true },
      { name: 'dir_sync', enabled: false },
    ])
    expect((await sdk.organization.getOrganizationUserManagementSetting(id)).settings).toMatchObject({
      maxAllowedUsers: 7,
    })
    await remove('Delete organization')
    await expect(sdk.organization.getOrganization(id)).rejects.toThrow()
  })

  test('a user', async () => {
    await open('/users')
    await act('Create user', {
      ...{ Organization: GLOBEX, 'E-mail address': 'hal@globex.example', 'First name': 'Hal' },
      ...{ 'External id': 'hal', Metadata: 'team: core', 'Send an invitation by e-mail': false },
      Roles: ['Guest (guest)'],
    })
    const id = idOf()
    const { user: created } = await sdk.user.getUser(id)
    expect(created).toMatchObject({
      email: 'hal@globex.example',
      externalId: 'hal',
      metadata: { team: 'core' },
    })
    expect(created?.memberships[0]).toMatchObject({ organizationId: GLOBEX, membershipStatus: 1 })
    expect(created?.memberships[0]?.roles.map(({ name }) => name)).toEqual(['guest'])
    await act('Edit user', { 'Last name': 'Hall', Metadata: 'team: data' })
    const { user: edited } = await sdk.user.getUser(id)
    expect(edited).toMatchObject({ userProfile: { name: 'Hal Hall' }, metadata: { team: 'data' } })
    await remove('Delete user')
    await expect(sdk.user.getUser(id)).rejects.toThrow()
  })

  test('a membership', async () => {
    await open(`/organizations/${GLOBEX}/members`)
    await act('Add a user', { User: 'usr_100000000000000101', Roles: ['Member (member)'] })
    const names = async () => {
      const { user } = await sdk.user.getUser('usr_100000000000000101')
      const membership = user?.memberships.find(({ organizationId }) => organizationId === GLOBEX)
      return membership?.roles.map(({ name }) => name)
    }
    expect(await names()).toEqual(['member'])
    await act('Edit membership', { Roles: ['Guest (guest)', 'Admin (admin)'] })
    expect((await names())?.sort()).toEqual(['admin', 'guest'])
    await remove('Delete membership')
    expect(await names()).toBeUndefined()
    expect((await sdk.user.getUser(CHI)).user?.memberships).toHaveLength(2)
  })

  test('a member who is invited, and the invitation again', async () => {
    await open(`/organizations/${GLOBEX}/members`)
    await act('Create user', { 'E-mail address': 'new@globex.example', 'Send an invitation by e-mail': true })
    await act('Send the invitation again')
    await page.goto(`${local.url}/dashboard/outbox`)
    expect(await page.getByRole('link', { name: 'Open the link' }).count()).toBe(2)
  })

  test('roles and permissions', async () => {
    await open('/permissions')
    await act('Create permission', { Name: 'tasks:read', Description: 'See tasks' })
    await act('Edit permission', { Name: 'tasks:view', Description: 'View tasks' })
    expect((await sdk.permission.getPermission('tasks:view')).permission?.description).toBe('View tasks')

    await open('/roles')
    await act('Create role', {
      ...{ Name: 'editor', 'Display name': 'Editor', Description: 'Edits', Extends: 'guest' },
      Permissions: ['tasks:view: View tasks'],
    })
    const role = async () => (await sdk.role.getRole('editor')).role
    expect(await role()).toMatchObject({ displayName: 'Editor', description: 'Edits', extends: 'guest' })
    await act('Edit role', {
      'Display name': 'Chief editor',
      Permissions: ['tasks:view: View tasks', 'projects:write: Create and change projects'],
    })
    expect((await role())?.displayName).toBe('Chief editor')
    const { permissions } = await sdk.permission.listRolePermissions('editor')
    expect(permissions.map(({ name }) => name).sort()).toEqual(['projects:write', 'tasks:view'])
    await act('Give to new members')
    expect((await role())?.defaultMember).toBe(true)
    await act('Remove the base')
    expect((await role())?.extends).toBeUndefined()
    await remove('Delete role')
    await expect(sdk.role.getRole('editor')).rejects.toThrow()

    await open(`/organizations/${GLOBEX}/roles`)
    await act('Create role', { Name: 'auditor', 'Display name': 'Auditor' })
    await act('Edit role', { Description: 'Looks closely' })
    expect((await sdk.role.getOrganizationRole(GLOBEX, 'auditor')).role?.description).toBe('Looks closely')
    await remove('Delete role')
    await expect(sdk.role.getOrganizationRole(GLOBEX, 'auditor')).rejects.toThrow()

    await open('/permissions/tasks%3Aview')
    await remove('Delete permission')
    await expect(sdk.permission.getPermission('tasks:view')).rejects.toThrow()
  })

  test('connections of an organization and of the environment', async () => {
    await open(`/organizations/${GLOBEX}/connections`)
    await act('Create connection', { Type: 'OIDC', Provider: 'OKTA', Name: 'globex-okta' })
    const id = idOf()
    const connection = async () => (await sdk.connection.getConnection(GLOBEX, id)).connection
    await act('Edit connection', {
      ...{ Issuer: 'https://globex.okta.example', 'Client ID': 'abc', 'Client secret': 'shh' },
      ...{ 'Authorization endpoint': 'https://globex.okta.example/authorize' },
      ...{
        'Token endpoint': 'https://globex.okta.example/token',
        'JWKS URL': 'https://globex.okta.example/keys',
      },
    })
    expect((await connection())?.settings).toMatchObject({
      case: 'oidcConfig',
      value: { issuer: 'https://globex.okta.example', clientId: 'abc' },
    })
    await act('Enable connection')
    expect((await connection())?.enabled).toBe(true)
    await act('Assign domains', { Domains: ['globex.example'] })
    expect((await connection())?.domains.map(({ domain }) => domain)).toEqual(['globex.example'])
    await act('Disable connection')
    expect((await connection())?.enabled).toBe(false)
    await remove('Delete connection')
    await expect(sdk.connection.getConnection(GLOBEX, id)).rejects.toThrow()

    await open(`/organizations/${GLOBEX}/connections`)
    await act('Create connection', { Type: 'SAML', Provider: 'CUSTOM' })
    await act('Edit connection', {
      'Sign-on URL': 'https://idp.example/sso',
      'Entity ID': 'https://idp.example',
    })
    const saml = (await sdk.connection.getConnection(GLOBEX, idOf())).connection
    expect(saml?.settings).toMatchObject({
      case: 'samlConfig',
      value: { idpSsoUrl: 'https://idp.example/sso' },
    })

    await open('/connections')
    await act('Create connection', { Type: 'OAUTH', Provider: 'GITHUB', Name: 'social' })
    const social = idOf()
    await act('Edit connection', { "Use Scalekit's own credentials": true })
    await act('Enable connection')
    expect((await rest('GET', `/connections/${social}`)).body.connection).toMatchObject({
      ...{ enabled: true, oauth_config: { use_platform_creds: true } },
    })
    await remove('Delete connection')
    expect((await rest('GET', `/connections/${social}`)).status).toBe(404)
  })

  test('a directory', async () => {
    await open(`/organizations/${GLOBEX}/directories`)
    await act('Create directory', { Provider: 'OKTA' })
    const id = idOf()
    const directory = async () => (await sdk.directory.getDirectory(GLOBEX, id)).directory
    await act('Edit directory', { Name: 'Globex people', Provider: 'ONELOGIN' })
    expect(await directory()).toMatchObject({ name: 'Globex people', directoryProvider: 5 })
    await act('Create secret')
    const token = await revealed('Secret')
    await act('Enable directory')
    const users = await fetch(`${(await directory())?.directoryEndpoint}/Users`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(users.status).toBe(200)
    await act('Disable directory')
    expect((await directory())?.enabled).toBe(false)
    await remove('Delete directory')
    await expect(sdk.directory.getDirectory(GLOBEX, id)).rejects.toThrow()
  })

  test('a domain', async () => {
    await open(`/organizations/${GLOBEX}/domains`)
    await act('Create domain', { Domain: 'labs.globex.example', Type: 'ALLOWED_EMAIL_DOMAIN' })
    const id = idOf()
    expect((await sdk.domain.getDomain(GLOBEX, id)).domain).toMatchObject({
      ...{ domain: 'labs.globex.example', domainType: 1 },
    })
    await remove('Delete domain')
    await expect(sdk.domain.getDomain(GLOBEX, id)).rejects.toThrow()
  })

  test('a client, with redirect URIs, login URL and secrets', async () => {
    await open('/clients')
    await act('Create client', {
      ...{ Type: 'WEB_APP', Name: 'Shop', 'Grant types': ['authorization_code', 'client_credentials'] },
      'Redirect URIs': 'http://localhost:4000/back\nhttp://localhost:4001/back',
    })
    const id = idOf()
    const client = async () => (await rest('GET', `/clients/${id}`)).body.client
    expect(await client()).toMatchObject({
      ...{ name: 'Shop', client_type: 'WEB_APP' },
      post_login_uris: ['http://localhost:4000/back', 'http://localhost:4001/back'],
    })
    await act('Edit client', {
      ...{ 'Redirect URIs': 'http://localhost:4000/back', 'Login URL': 'http://localhost:4000/login' },
      ...{ 'Custom claims': 'team: core', 'Require PKCE': true, 'Access tokens expire after': '600' },
    })
    expect(await client()).toMatchObject({
      ...{
        post_login_uris: ['http://localhost:4000/back'],
        initiate_login_uri: 'http://localhost:4000/login',
      },
      ...{ custom_claims: [{ key: 'team', value: 'core' }], enforce_pkce: true, access_token_expiry: '600' },
    })
    await act('Create secret')
    const secret = await revealed('Client secret')
    expect((await machineToken(id, secret)).status).toBe(200)
    await act('Delete a secret')
    expect((await machineToken(id, secret)).status).toBe(401)
    await remove('Delete client')
    expect((await rest('GET', `/clients/${id}`)).status).toBe(404)
  })

  test('a client of an organization', async () => {
    await open(`/organizations/${GLOBEX}/clients`)
    await act('Create client', { Name: 'Machine', Scopes: 'a:b', Audience: 'https://api.example' })
    const secret = await revealed('Client secret')
    const id = idOf()
    expect((await machineToken(id, secret)).status).toBe(200)
    await act('Edit client', { Name: 'Robot', 'Custom claims': 'team: core' })
    const { client } = await sdk.m2m.getOrganizationClient(GLOBEX, id)
    expect(client).toMatchObject({ name: 'Robot', customClaims: [{ key: 'team', value: 'core' }] })
    await act('Create secret')
    await revealed('Client secret')
    expect((await sdk.m2m.getOrganizationClient(GLOBEX, id)).client?.secrets).toHaveLength(2)
    await remove('Delete client')
    await expect(sdk.m2m.getOrganizationClient(GLOBEX, id)).rejects.toThrow()
  })

  test('an MCP server, a client of it and a scope', async () => {
    await open('/scopes')
    await act('Create scope', { Name: 'robots:see', Description: 'See robots' })
    await act('Edit scope', { Description: 'Look at robots' })
    // The SDK has no method for scopes, and the API lets only members of the workspace call its own.
    const listed = () =>
      local.database.db.selectFrom('scopes').selectAll().where('environment_id', '=', DEV).execute()
    expect(await listed()).toContainEqual(
      expect.objectContaining({ description: 'Look at robots', enabled: 1 }),
    )

    await open('/mcp-servers')
    await act('Create MCP server', {
      Name: 'Robots',
      URL: 'https://mcp.globex.example',
      Scopes: 'robots:drive',
    })
    const id = idOf()
    const server = async () => (await rest('GET', `/resources/${id}`)).body.resource
    expect(await server()).toMatchObject({ name: 'Robots', enable_cimd: true })
    await act('Edit MCP server', { Scopes: 'robots:drive\nrobots:see', 'Access tokens expire after': '900' })
    expect(await server()).toMatchObject({ access_token_expiry: '900' })
    expect((await server()).scopes).toHaveLength(2)

    await open(`/mcp-servers/${id}/clients`)
    await act('Create client', { Name: 'By hand', 'Redirect URIs': 'http://localhost:4000/back' })
    await revealed('Client secret')
    const client = idOf()
    await act('Edit client', { Name: 'Changed by hand' })
    const shown = await rest('GET', `/resources/${id}/clients/${client}`)
    expect(shown.body.client).toMatchObject({
      ...{ name: 'Changed by hand', redirect_uris: ['http://localhost:4000/back'] },
    })
    await remove('Delete client')
    expect((await rest('GET', `/resources/${id}/clients/${client}`)).status).toBe(404)

    await open(`/mcp-servers/${id}`)
    await remove('Delete MCP server')
    expect((await rest('GET', `/resources/${id}`)).status).toBe(404)
    await open('/scopes')
    await andLoad(page.getByRole('link', { name: 'robots:see' }))
    await remove('Delete scope')
    expect((await listed()).map(({ name }) => name)).not.toContain('robots:see')
  })

  test('webhooks and interceptors', async () => {
    const control = async (path: string) => {
      const response = await fetch(`${local.url}/__local/${path}`, { headers: { 'x-scalekit-local': '1' } })
      return response.json() as Promise<{ endpoints: { url: string }[]; interceptors: object[] }>
    }
    await open('/webhooks')
    await act('Create webhook', { URL: 'http://localhost:9/hook' })
    expect(await revealed('Signing secret')).toMatch(/^whsec_/)
    await act('Edit webhook', { URL: 'http://localhost:9/other' })
    expect((await control('webhooks')).endpoints).toMatchObject([{ url: 'http://localhost:9/other' }])
    await remove('Delete webhook')
    expect((await control('webhooks')).endpoints).toEqual([])

    await open('/interceptors')
    await act('Create interceptor', { Name: 'Gate', 'Asked at': 'PRE_SIGNUP', URL: 'http://localhost:9/ask' })
    await revealed('Signing secret')
    await act('Edit interceptor', { 'Asked at': 'PRE_SESSION_CREATION', 'Timeout in milliseconds': '500' })
    expect((await control('interceptors')).interceptors).toMatchObject([
      { ...{ display_name: 'Gate', trigger_point: 'PRE_SESSION_CREATION', timeout_ms: 500 } },
    ])
    await remove('Delete interceptor')
    expect((await control('interceptors')).interceptors).toEqual([])
  })
})

test('a portal link is created and opened', async () => {
  await open(`/organizations/${ACME}`)
  await act('Create portal link')
  const [portal] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('link', { name: 'Open the admin portal' }).click(),
  ])
  await portal.getByRole('heading', { level: 1, name: /Acme Robotics/ }).waitFor()
})

test('somebody signs in to the web application as a person', async () => {
  await open('/users/usr_100000000000000101')
  const back = page.waitForRequest((request) => request.url().startsWith('http://localhost:3000/'))
  await page.getByRole('link', { name: 'Sign in to Development app' }).click()
  expect(await page.locator('input[name="email"]').first().inputValue()).toBe('ana@acme.example')
  await page.getByRole('button', { name: /ana@acme\.example/ }).click()
  expect(new URL((await back).url()).searchParams.get('code')).toBeTruthy()
})

test('a form that is on its way is not sent a second time', async () => {
  await open('/organizations/-/new')
  const form = page.locator('form[method=post]')
  // Playwright waits for a request that is on its way, so these are the events of two clicks without their requests.
  const isSent = await form.evaluate((element) =>
    [1, 2].map(() => element.dispatchEvent(new Event('submit', { cancelable: true }))),
  )
  expect(isSent).toEqual([true, false])
})

test('an error keeps what was typed, and ids are copied', async () => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await open('/organizations/-/new')
  await fill({ Name: 'Hooli', 'External id': 'acme' })
  await andLoad(page.getByRole('button', { name: 'Create organization' }))
  expect(await page.getByRole('alert').textContent()).toContain('external_id')
  expect(await page.getByLabel(exactly('Name')).inputValue()).toBe('Hooli')
  await fill({ 'External id': 'hooli' })
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  expect(await heading()).toBe('Hooli')
  await page.getByRole('button', { name: 'Copy the id', exact: true }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(idOf())
  expect(await page.getByText(/seconds? ago|now/).count()).toBeGreaterThan(0)
  await page.getByRole('searchbox').fill('hool')
  await page.keyboard.press('Enter')
  await andLoad(page.getByRole('main').getByRole('link', { name: 'Hooli' }))
  expect(await heading()).toBe('Hooli')
})

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([1280, 390])('at %d px axe finds nothing, and nothing is wider than the page', async (width) => {
    const viewed = await browser.newContext({
      colorScheme,
      bypassCSP: true,
      viewport: { width, height: 900 },
    })
    const view = await viewed.newPage()
    const paths = [
      ...[
        '',
        '/organizations',
        '/organizations/-/new',
        `/organizations/${ACME}`,
        `/organizations/${ACME}/edit`,
      ],
      ...[`/organizations/${ACME}/delete`, `/organizations/${ACME}/session-policy`],
      ...[`/organizations/${ACME}/connections/conn_100000000000000002/edit`, '/users', `/users/${CHI}`],
      ...[
        `/organizations/${ACME}/members/${CHI}/edit`,
        '/roles/admin/edit',
        '/mcp-servers/res_100000000000000002',
      ],
      ...[`/clients/${CLIENT}`, '/webhooks/-/new', `/organizations/${ACME}/portal-link`],
    ]
    for (const path of [...paths.map((one) => `/dashboard/${DEV}${one}`), '/dashboard/search?q=acme']) {
      await view.goto(local.url + path)
      expect(await violations(view), path).toEqual([])
      const overflow = await view.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      expect(overflow, path).toBe(0)
    }
    await view.goto(`${local.url}/dashboard/${DEV}/organizations/${ACME}/clients/-/new`)
    await view.getByLabel(exactly('Name')).fill('Machine')
    await view.getByLabel(exactly('Custom claims')).fill('no colon')
    await view.getByRole('button', { name: 'Create client' }).click()
    await view.getByRole('alert').waitFor()
    expect(await violations(view)).toEqual([])
    await view.getByLabel(exactly('Custom claims')).fill('')
    await view.getByRole('button', { name: 'Create client' }).click()
    await view.getByText('It is not shown again.').waitFor()
    expect(await violations(view)).toEqual([])
    await shoot(view, `${colorScheme}${width === 390 ? '-narrow' : ''}`)
    await viewed.close()
  })
})

/** The pictures of the documentation: three pages, and one of them in the dark and on a phone. */
async function shoot(view: Page, suffix: string): Promise<void> {
  const pages = [
    ['organization', `/organizations/${ACME}`],
    ['list', '/organizations'],
    ['form', `/organizations/${ACME}/connections/conn_100000000000000002/edit`],
  ]
  if (suffix === 'dark-narrow') return
  for (const [name, path] of suffix === 'light' ? pages : pages.slice(0, 1)) {
    await view.goto(`${local.url}/dashboard/${DEV}${path}`)
    await view.screenshot({ path: `${images}dashboard-${name}-${suffix}.png`, fullPage: true })
  }
}
