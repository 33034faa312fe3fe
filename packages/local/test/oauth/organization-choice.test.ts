import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashPassword } from '../../src/domain/passwords/password-hash.js'
import { ACME, DEV, GLOBEX, type Local, startLocal } from '../api/local.js'
import { control } from '../security/attack.js'
import { Browser } from './browser.js'
import { application, CALLBACK, errorOf } from './sso-client.js'

/** A user of two organizations, GLOBEX first. */
const CHI = 'usr_100000000000000103'
const EMAIL = 'chi@globex.example'
const INITECH = 'org_100000000000000003'
const SOCIAL = 'conn_100000000000000201'
const PASSWORD = 'correct horse battery staple'

let local: Local
let app: ReturnType<typeof application>
beforeAll(async () => {
  local = await startLocal()
  app = application(local.url)
})
beforeEach(async () => {
  await local.reset()
  const entry = { environment_id: DEV, organization_id: null, enabled: 1, created_at: 1, updated_at: 1 }
  const settings = JSON.stringify({ settings_case: 'oauthConfig', settings: { usePlatformCreds: true } })
  await local.database.db
    .insertInto('connections')
    .values([
      {
        ...{ ...entry, id: SOCIAL, type: 'OAUTH', provider: 'GOOGLE', key_id: 'google' },
        ...{ status: 'COMPLETED', data: settings },
      },
      {
        ...{ ...entry, id: 'conn_100000000000000202', type: 'PASSWORD', provider: 'SCALEKIT' },
        ...{ key_id: 'password', status: 'COMPLETED', data: '{}' },
      },
    ])
    .execute()
  await local.database.db
    .insertInto('passwords')
    .values({ user_id: CHI, hash: await hashPassword(PASSWORD), updated_at: 1 })
    .execute()
})
afterAll(() => local.close())

type At = Awaited<ReturnType<typeof app.start>>
type End = { url: string; page?: string }

async function lastMail(): Promise<{ code: string; link: string }> {
  const { messages } = (await (await control(local.url, 'outbox')).json()) as {
    messages: { kind: string; code: string; link: string }[]
  }
  return messages.filter(({ kind }) => kind === 'email').at(-1) ?? { code: '', link: '' }
}

const byCode = async ({ browser, url, page }: At): Promise<End> => {
  const asked = await browser.submit(url, page, { email: EMAIL, way: 'email' })
  const request = /name="request" value="([^"]+)"/.exec(asked.page ?? '')?.[1] ?? ''
  return browser.submit(url, asked.page ?? '', { email: EMAIL, request, code: (await lastMail()).code })
}

const byLink = async ({ browser, url, page }: At): Promise<End> => {
  await browser.submit(url, page, { email: EMAIL, way: 'email' })
  return browser.follow((await lastMail()).link)
}

const bySocial = async ({ browser, url }: At): Promise<End> => {
  const simulator = await browser.follow(`${url}/with/${SOCIAL}`)
  return browser.submit(simulator.url, simulator.page ?? '', { answer: 'sign-in', email: EMAIL })
}

const WAYS: [string, (at: At) => Promise<End>][] = [
  ['picking the person', ({ browser, url, page }) => browser.submit(url, page, { person: CHI })],
  ['a code', byCode],
  ['a link', byLink],
  [
    'a password',
    ({ browser, url, page }) =>
      browser.submit(url, page, { email: EMAIL, way: 'password', password: PASSWORD }),
  ],
  ['a social connection', bySocial],
]

const isQuestion = ({ page }: End) => page?.includes('Choose an organization') ?? false
const isRefused = ({ url, page }: End) =>
  url.startsWith(CALLBACK)
    ? errorOf(url) === 'access_denied'
    : /does not belong to the organization/.test(page ?? '')

describe.each(WAYS)('signing in by %s', (_way, signIn) => {
  it('is for the organization that the request asks for', async () => {
    for (const organization_id of [GLOBEX, ACME]) {
      const at = await app.start({ organization_id })
      const end = await signIn(at)
      const { access, id } = await app.finish(end.url, at.verifier)
      expect([access.oid, id.oid]).toEqual([organization_id, organization_id])
    }
  })

  it('is refused for an organization that the person is not in', async () => {
    expect(isRefused(await signIn(await app.start({ organization_id: INITECH })))).toBe(true)
  })

  it('asks a person of several organizations when the request names none', async () => {
    const at = await app.start({})
    const question = await signIn(at)
    expect(isQuestion(question)).toBe(true)
    const end = await at.browser.submit(at.url, question.page ?? '', { person: CHI, organization: ACME })
    expect((await app.finish(end.url, at.verifier)).access.oid).toBe(ACME)
  })

  it('does not let the person answer with an organization that they are not in', async () => {
    const at = await app.start({})
    const question = await signIn(at)
    const answer = { person: CHI, organization: INITECH }
    expect(isRefused(await at.browser.submit(at.url, question.page ?? '', answer))).toBe(true)
  })
})

describe('a social sign-in', () => {
  it('is still told to the application as such after the organization was chosen', async () => {
    const at = await app.start({})
    const question = await bySocial(at)
    const end = await at.browser.submit(at.url, question.page ?? '', { person: CHI, organization: ACME })
    expect((await app.finish(end.url, at.verifier)).id.amr).toEqual([SOCIAL])
  })
})

describe('a request in an existing session', () => {
  it('gets a token for the organization that it asks for', async () => {
    const browser = new Browser()
    for (const organization_id of [GLOBEX, ACME, GLOBEX]) {
      const at = await app.start({ organization_id }, browser)
      const end = at.page ? await browser.submit(at.url, at.page, { person: CHI }) : at
      expect((await app.finish(end.url, at.verifier)).access.oid).toBe(organization_id)
    }
  })
})

describe('a connection of an organization', () => {
  it('signs in for that organization only', async () => {
    const { body } = await local.rest('POST', `/${DEV}/api/v1/organizations/${ACME}/connections`, {
      token: await local.client(DEV),
      body: { type: 'OIDC', provider: 'IDP_SIMULATOR' },
    })
    const { id } = body.connection
    const enable = `/${DEV}/api/v1/organizations/${ACME}/connections/${id}:enable`
    expect((await local.rest('PATCH', enable, { token: await local.client(DEV) })).status).toBe(200)
    const own = await app.simulate({ organization_id: ACME }, { email: EMAIL })
    expect((await app.finish(own.url, own.verifier)).access.oid).toBe(ACME)
    for (const email of [EMAIL, 'new@acme.example']) {
      const other = await app.simulate({ connection_id: id, organization_id: GLOBEX }, { email })
      expect(errorOf(other.url)).toBe('access_denied')
    }
    expect((await local.sdk(DEV).user.searchUsers('new@acme.example')).users).toEqual([])
  })
})

describe('an agent that signs somebody in', () => {
  it('also asks a person of several organizations', async () => {
    const issuer = `${app.issuer}/resources/res_100000000000000002`
    const registered = await fetch(`${app.issuer}/api/v1/resources/res_100000000000000002/clients:register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [CALLBACK] }),
    })
    const { client_id } = (await registered.json()) as { client_id: string }
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id, redirect_uri: CALLBACK, code_challenge_method: 'S256' },
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    })
    const browser = new Browser()
    const { url, page = '' } = await browser.follow(`${issuer}/oauth/authorize?${query}`)
    expect(isQuestion(await browser.submit(url, page, { person: CHI }))).toBe(true)
  })
})
