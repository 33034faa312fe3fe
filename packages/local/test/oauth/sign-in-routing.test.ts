import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from '../api/local.js'
import { control } from '../security/attack.js'
import { Browser } from './browser.js'
import { application, CALLBACK, enterCode, errorOf } from './sso-client.js'

const UMBRELLA = 'org_100000000000000004'
const EVE = 'usr_100000000000000105'
const ANA = 'usr_100000000000000101'
const CHI = 'usr_100000000000000103'
const SOCIAL = 'conn_100000000000000201'

let local: Local
let app: ReturnType<typeof application>
let token: string
beforeAll(async () => {
  local = await startLocal()
  app = application(local.url)
})
beforeEach(async () => {
  await local.reset()
  token = await local.client(DEV)
})
afterAll(() => local.close())

async function api(method: string, path: string, body?: unknown) {
  const answer = await local.rest(method, `/${DEV}/api/v1${path}`, { token, body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}

async function connect(organization: string, domains: string[] = []): Promise<string> {
  const { connection } = await api('POST', `/organizations/${organization}/connections`, {
    ...{ type: 'OIDC', provider: 'IDP_SIMULATOR' },
  })
  await api('PATCH', `/organizations/${organization}/connections/${connection.id}:enable`)
  for (const domain of domains)
    await api('POST', `/organizations/${organization}/domains`, {
      domain,
      domain_type: 'ORGANIZATION_DOMAIN',
    })
  return connection.id
}

async function allowSocial(): Promise<void> {
  const settings = JSON.stringify({ settings_case: 'oauthConfig', settings: { usePlatformCreds: true } })
  await local.database.db
    .insertInto('connections')
    .values({
      ...{ id: SOCIAL, environment_id: DEV, organization_id: null, type: 'OAUTH', provider: 'GOOGLE' },
      ...{ key_id: 'google', status: 'COMPLETED', enabled: 1, data: settings, created_at: 1, updated_at: 1 },
    })
    .execute()
}

async function lastMail(): Promise<{ to: string; link: string; code: string; text: string }> {
  const { messages } = (await (await control(local.url, 'outbox')).json()) as {
    messages: { kind: string; to: string; link: string; code: string; text: string }[]
  }
  const mail = messages.filter(({ kind }) => kind === 'email').at(-1)
  if (mail === undefined) throw new Error('no mail')
  return mail
}

const membershipsOf = (user: string) =>
  local.database.db
    .selectFrom('memberships')
    .select(['organization_id', 'status', 'roles'])
    .where('user_id', '=', user)
    .execute()

type At = Awaited<ReturnType<typeof app.start>>
const typed = ({ browser, url, page }: At, email: string) => browser.submit(url, page, { email })
async function byCode(at: At, email: string) {
  const asked = await at.browser.submit(at.url, at.page, { email, way: 'email' })
  return enterCode(local.url, asked, at.browser)
}
async function bySocial(at: At, email: string) {
  const idp = await at.browser.follow(`${at.url}/with/${SOCIAL}`)
  return at.browser.submit(idp.url, idp.page ?? '', { answer: 'sign-in', email })
}

describe('an invitation', () => {
  const invite = async (email: string) =>
    (await api('POST', `/organizations/${ACME}/users`, { email, membership: { roles: [{ name: 'guest' }] } }))
      .user

  it('is accepted by its link: the application needs no sign-in page', async () => {
    await api('PATCH', '/clients/skc_100000000000000001', {
      initiate_login_uri: 'http://localhost:3000/login',
    })
    const { id } = await invite('nia@mail.example')
    const browser = new Browser()
    expect((await browser.follow((await lastMail()).link)).url).toBe('http://localhost:3000/login')
    expect((await membershipsOf(id))[0]?.status).toBe('PENDING_INVITE')
    const { url, verifier } = await app.start({}, browser)
    expect((await app.finish(url, verifier)).access).toMatchObject({ sub: id, oid: ACME, roles: ['guest'] })
    expect((await membershipsOf(id))[0]?.status).toBe('ACTIVE')
    expect((await new Browser().follow((await lastMail()).link)).response.status).toBe(400)
  })

  it('is accepted by its link where another user is signed in, with organization_id too', async () => {
    const { id } = await invite('nia@mail.example')
    const browser = new Browser()
    const before = await app.start({}, browser)
    await browser.submit(before.url, before.page, { person: CHI, organization: GLOBEX })
    expect((await browser.follow((await lastMail()).link)).page).toContain('Your address is confirmed')
    const at = await app.start({ organization_id: ACME }, browser)
    expect(at.page === '' ? at.url : at.page).toMatch(/callback|xsrf/)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(at.page)?.[1]
    const action = /action="([^"]+)"/.exec(at.page)?.[1] ?? ''
    const end = xsrf ? await browser.submit(action, '', { xsrf, logout: 'yes' }) : at
    expect((await app.finish(end.url, at.verifier)).access).toMatchObject({ sub: id, oid: ACME })
  })

  it.each<[string, (at: At) => Promise<{ url: string }>]>([
    ['a code', (at) => byCode(at, 'eve@umbrella.example')],
    ['picking the person', (at) => at.browser.submit(at.url, at.page, { person: EVE })],
    ['a social sign-in', (at) => bySocial(at, 'eve@umbrella.example')],
  ])('is accepted by %s', async (_way, signIn) => {
    await allowSocial()
    for (const params of [{}, { organization_id: UMBRELLA }] as Record<string, string>[]) {
      await local.database.db
        .updateTable('memberships')
        .set({ status: 'PENDING_INVITE' })
        .where('user_id', '=', EVE)
        .execute()
      const at = await app.start(params)
      const { access } = await app.finish((await signIn(at)).url, at.verifier)
      expect(access).toMatchObject({ oid: UMBRELLA, roles: ['member'] })
    }
  })

  it('accepts nothing once it has expired', async () => {
    const { id } = await invite('nia@mail.example')
    const { link } = await lastMail()
    const browser = new Browser()
    await browser.follow(link)
    local.wait(15 * 24 * 3600_000 + 1000)
    expect((await new Browser().follow(link)).response.status).toBe(400)
    const at = await app.start({}, browser)
    const end = await at.browser.submit(at.url, at.page, { person: id })
    expect(end.page).toMatch(/invitation of nia@mail.example to .* has expired/)
    expect((await membershipsOf(id))[0]?.status).toBe('PENDING_INVITE')
  })

  it('keeps its expiry when it is sent again in time, and gets a new one afterwards', async () => {
    const { id } = await invite('nia@mail.example')
    const resend = async () => {
      token = await local.client(DEV)
      return Date.parse(
        (await api('PATCH', `/invites/organizations/${ACME}/users/${id}/resend`)).invite.expires_at,
      )
    }
    const first = await resend()
    local.wait(24 * 3600_000)
    expect(await resend()).toBe(first)
    local.wait(15 * 24 * 3600_000)
    expect(await resend()).toBeGreaterThan(first)
  })
})

describe('the connection of a request', () => {
  it('is that of the provider, else connection_id, organization_id, domain and login_hint', async () => {
    await allowSocial()
    const [acme, globex] = [await connect(ACME), await connect(GLOBEX)]
    const selectors: [Record<string, string>, string][] = [
      [{ login_hint: 'x@globex.example' }, globex],
      [{ domain: 'acme.example' }, acme],
      [{ organization_id: GLOBEX }, globex],
      [{ connection_id: acme }, acme],
      [{ provider: 'google' }, SOCIAL],
    ]
    const params: Record<string, string> = {}
    for (const [selector, connection] of selectors) {
      Object.assign(params, selector)
      expect((await app.start(params)).url).toContain(`/simulator/${connection}/`)
    }
  })

  it('is the one that a domain is assigned to, as the API lists it', async () => {
    await connect(ACME)
    const second = await connect(ACME)
    await local.database.db
      .updateTable('domains')
      .set({ connection_id: second })
      .where('domain', '=', 'acme.example')
      .execute()
    const { connections } = await local.sdk(DEV).connection.listConnectionsByDomain('acme.example')
    expect(connections.map(({ id }) => id)).toEqual([second])
    for (const params of [
      { domain: 'acme.example' },
      { domain_hint: 'acme.example' },
      { login_hint: 'ana@acme.example' },
    ] as Record<string, string>[])
      expect((await app.start(params)).url).toContain(`/simulator/${second}/`)
  })

  it.each<Record<string, string>>([
    { domain: 'nobody.example' },
    { domain: 'globex.example' },
    { domain_hint: 'sub.acme.example' },
    { login_hint: 'x@nobody.example' },
    { login_hint: 'nobody' },
  ])('is none for %j: the person signs in here', async (params) => {
    await connect(ACME)
    expect((await app.start(params)).page).toContain('name="email"')
  })
})

describe('home realm discovery', () => {
  it('comes before a code, and after a social sign-in', async () => {
    await allowSocial()
    const connection = await connect(ACME)
    for (const fields of [{}, { way: 'email' }, { way: 'password', password: 'x' }] as Record<
      string,
      string
    >[]) {
      const at = await app.start({})
      const end = await at.browser.submit(at.url, at.page, { email: 'Ana@ACME.example', ...fields })
      expect(end.url).toContain(`/simulator/${connection}/`)
      expect(end.page).toContain('value="Ana@ACME.example"')
    }
    const at = await app.start({})
    const idp = await bySocial(at, 'new@acme.example')
    expect(idp.url).toContain(`/simulator/${connection}/`)
    const end = await at.browser.submit(idp.url, idp.page ?? '', {
      answer: 'sign-in',
      email: 'new@acme.example',
    })
    expect((await app.finish(end.url, at.verifier)).id).toMatchObject({
      oid: ACME,
      email: 'new@acme.example',
    })
  })

  it('also leads from the sign-in of an MCP server to the identity provider and back', async () => {
    const connection = await connect(ACME)
    const issuer = `${app.issuer}/resources/res_100000000000000002`
    const { body } = await local.rest(
      'POST',
      `/${DEV}/api/v1/resources/res_100000000000000002/clients:register`,
      {
        body: { redirect_uris: [CALLBACK] },
        headers: { 'content-type': 'application/json' },
      },
    )
    const query = new URLSearchParams({
      ...{
        response_type: 'code',
        client_id: body.client_id,
        redirect_uri: CALLBACK,
        code_challenge_method: 'S256',
      },
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    })
    const browser = new Browser()
    const { url, page = '' } = await browser.follow(`${issuer}/oauth/authorize?${query}`)
    const idp = await browser.submit(url, page, { email: 'ana@acme.example' })
    expect(idp.url).toContain(`/simulator/${connection}/`)
    const consent = await browser.submit(idp.url, idp.page ?? '', {
      answer: 'sign-in',
      email: 'ana@acme.example',
    })
    expect(consent.page).toContain('name="answer"')
  })
})

describe('joining an organization through its connection', () => {
  it('is for the domains of the organization, for users who exist too', async () => {
    const connection_id = await connect(ACME)
    for (const email of ['new@acme.example', 'dev@acme.example']) {
      if (email.startsWith('dev'))
        await local.database.db
          .updateTable('users')
          .set({ email })
          .where('email', '=', 'dev@initech.example')
          .execute()
      const end = await app.simulate({ connection_id }, { email })
      expect((await app.finish(end.url, end.verifier)).access).toMatchObject({ oid: ACME, roles: ['member'] })
    }
  })

  it('takes a mail check for another domain, and lets invited contractors in, but no stranger', async () => {
    const connection_id = await connect(ACME)
    await api('POST', `/organizations/${ACME}/users`, { email: 'con@tractor.example' })
    const at = await app.start({ connection_id })
    const check = await at.browser.submit(at.url, at.page, {
      answer: 'sign-in',
      email: 'con@tractor.example',
    })
    expect(check.page).toContain('Check your e-mail')
    const end = await enterCode(local.url, check, at.browser)
    expect((await app.finish(end.url, at.verifier)).access.oid).toBe(ACME)
    // Once is enough.
    const again = await app.start({ connection_id })
    const direct = await again.browser.submit(again.url, again.page, {
      answer: 'sign-in',
      email: 'con@tractor.example',
    })
    expect((await app.finish(direct.url, again.verifier)).access.oid).toBe(ACME)
    const stranger = await app.simulate({ connection_id }, { email: 'who@stranger.example' })
    expect(errorOf(stranger.url)).toBe('access_denied')
    const { users } = await local.sdk(DEV).user.listOrganizationUsers(ACME)
    expect(users.map(({ email }) => email)).not.toContain('who@stranger.example')
  })
})

describe('somebody new', () => {
  it.each<[string, (at: At) => Promise<{ url: string }>, Record<string, string>]>([
    [
      'prompt=create',
      async (at) => enterCode(local.url, await typed(at, 'nia@mail.example'), at.browser),
      { prompt: 'create' },
    ],
    [
      'an unknown address',
      async (at) => enterCode(local.url, await typed(at, 'nia@mail.example'), at.browser),
      {},
    ],
    ['a social sign-in', (at) => bySocial(at, 'nia@mail.example'), {}],
  ])('signs up with %s, in an organization of their own', async (_way, signIn, params) => {
    await allowSocial()
    const at = await app.start(params)
    if (params.prompt) expect(at.page).toContain('<h1>Sign up</h1>')
    const { access } = await app.finish((await signIn(at)).url, at.verifier)
    expect(access).toMatchObject({ roles: ['admin'], oid: expect.stringMatching(/^org_/) })
    const events = await local.database.db.selectFrom('events').selectAll().execute()
    expect(JSON.stringify(events)).toContain('user.signup')
  })

  it('is nobody without a proof of the address, and nobody twice', async () => {
    const at = await app.start({ prompt: 'create' })
    const asked = await typed(at, 'nia@mail.example')
    const request = /name="request" value="([^"]+)"/.exec(asked.page ?? '')?.[1] ?? ''
    const wrong = (await lastMail()).code === '000000' ? '000001' : '000000'
    expect(
      (await at.browser.submit(at.url, asked.page ?? '', { email: 'nia@mail.example', request, code: wrong }))
        .response.status,
    ).toBe(422)
    const known = await app.start({ prompt: 'create' })
    const end = await enterCode(local.url, await typed(known, 'ana@acme.example'), known.browser)
    expect((await app.finish(end.url, known.verifier)).access).toMatchObject({ sub: ANA, oid: ACME })
    const users = await local.database.db
      .selectFrom('users')
      .select('email')
      .where('email', 'like', 'nia%')
      .execute()
    expect(users).toEqual([])
  })
})

describe('a user for tests', () => {
  it('gets a page for the code 424242', async () => {
    await api('POST', `/organizations/${ACME}/users?send_invitation_email=false`, {
      email: 'e2e+sktest@acme.example',
    })
    const at = await app.start({})
    expect(at.page).toMatch(/<input[^>]*name="email"/)
    const asked = await typed(at, 'e2e+sktest@acme.example')
    expect(asked.page?.match(/data-scope="pin-input" data-part="input"/g)).toHaveLength(6)
    const request = /name="request" value="([^"]+)"/.exec(asked.page ?? '')?.[1] ?? ''
    const csrf = /name="csrf" value="([^"]+)"/.exec(asked.page ?? '')?.[1] ?? ''
    const body = new URLSearchParams({ csrf, email: 'e2e+sktest@acme.example', request })
    for (const digit of '424242') body.append('code', digit)
    const end = await at.browser.follow(at.url, { method: 'POST', headers: { origin: local.url }, body })
    expect((await app.finish(end.url, at.verifier)).access.oid).toBe(ACME)
  })
})

describe('choosing in a session', () => {
  const signedIn = async (person: string, organization?: string) => {
    const browser = new Browser()
    const at = await app.start(organization ? { organization_id: organization } : {}, browser)
    const end = await browser.submit(at.url, at.page, { person })
    expect(end.url.startsWith(CALLBACK)).toBe(true)
    return browser
  }

  it('shows members of several organizations the chooser with prompt=select_account, and nobody else', async () => {
    const browser = await signedIn(CHI, GLOBEX)
    const at = await app.start({ prompt: 'select_account' }, browser)
    expect(at.page).toContain('Choose an organization')
    const end = await browser.submit(at.url, at.page, { person: CHI, organization: ACME })
    expect((await app.finish(end.url, at.verifier)).access).toMatchObject({ sub: CHI, oid: ACME })
    const alone = await app.start({ prompt: 'select_account' }, await signedIn(ANA))
    expect((await app.finish(alone.url, alone.verifier)).access.oid).toBe(ACME)
  })

  it('lets the chooser lead to another account', async () => {
    const browser = await signedIn(CHI, GLOBEX)
    const at = await app.start({ prompt: 'select_account' }, browser)
    expect((await browser.submit(at.url, at.page, { way: 'another-account' })).page).toContain('name="email"')
  })

  it('goes directly to the organization of the request, with select_account or without', async () => {
    const browser = await signedIn(CHI, GLOBEX)
    for (const params of [{ prompt: 'select_account' }, {}, { prompt: 'none' }] as Record<string, string>[])
      for (const organization_id of [ACME, GLOBEX]) {
        const at = await app.start({ ...params, organization_id }, browser)
        expect((await app.finish(at.url, at.verifier)).access.oid).toBe(organization_id)
      }
    const without = await app.start({ prompt: 'select_account', organization_id: ACME })
    const end = await without.browser.submit(without.url, without.page, { person: CHI })
    expect((await app.finish(end.url, without.verifier)).access.oid).toBe(ACME)
  })

  it('is refused for an organization that the person is not in', async () => {
    const at = await app.start({ organization_id: UMBRELLA }, await signedIn(CHI, GLOBEX))
    expect(errorOf(at.url)).toBe('access_denied')
  })

  it('goes through the identity provider of the organization that is chosen', async () => {
    const browser = await signedIn(CHI, GLOBEX)
    const connection = await connect(ACME)
    const at = await app.start({ organization_id: ACME }, browser)
    expect(at.url).toContain(`/simulator/${connection}/`)
    const chooser = await app.start({ prompt: 'select_account' }, browser)
    const idp = await browser.submit(chooser.url, chooser.page, { person: CHI, organization: ACME })
    expect(idp.url).toContain(`/simulator/${connection}/`)
  })
})

describe('a deleted user with a session', () => {
  it('sees the sign-in page', async () => {
    const browser = new Browser()
    const at = await app.start({}, browser)
    await browser.submit(at.url, at.page, { person: ANA })
    await api('DELETE', `/users/${ANA}`)
    const again = await app.start({}, browser)
    expect([again.response.status, again.page.includes('name="email"')]).toEqual([200, true])
  })
})
