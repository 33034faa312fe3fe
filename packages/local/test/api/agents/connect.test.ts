import {
  ScalekitForbiddenException,
  ScalekitNotFoundException,
  ScalekitServerException,
} from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Browser } from '../../oauth/browser.js'
import { DEV, type Local, startLocal } from '../local.js'
import { consent, VERIFY_URL } from './consent.js'
import { control } from './control.js'

const GMAIL = 'conn_100000000000000003'
const BEN = { connectionName: 'gmail', identifier: 'ben@acme.example' }
const ANA = { connectionName: 'gmail', identifier: 'ana@acme.example' }
const ACTIVE = 1
const PENDING_AUTH = 3
const PENDING_VERIFICATION = 4

let local: Local
let sdk: ReturnType<Local['sdk']>
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  sdk = local.sdk(DEV)
})
afterAll(() => local.close())

async function accountOf(named: typeof BEN) {
  const { connectedAccount } = await sdk.actions.getConnectedAccount(named)
  return connectedAccount
}

describe('a link to connect an account', () => {
  it('leads to the consent of the provider, and then the account is active', async () => {
    const { link, expiry } = await sdk.actions.getAuthorizationLink(BEN)
    expect(link).toMatch(new RegExp(`/${DEV}/magicLink/[0-9a-f-]{36}_o$`))
    expect(Number(expiry?.seconds) * 1000).toBeGreaterThan(Date.now() + 50_000)
    expect(await accountOf(BEN)).toMatchObject({ status: PENDING_AUTH })
    const browser = new Browser()
    const asked = await browser.follow(link)
    expect(asked.url).toContain(`/simulator/${GMAIL}/oauth/authorize?`)
    expect(asked.page).toContain('Allow access to Gmail?')
    expect(asked.page).toContain('value="ben@acme.example"')
    expect(asked.page).toContain('https://www.googleapis.com/auth/gmail.modify')
    const { url, page } = await browser.submit(asked.url, asked.page ?? '', {
      ...{ account: 'ben@gmail.example', answer: 'allow', access: 'offline' },
      scopes: 'https://www.googleapis.com/auth/gmail.modify',
    })
    expect(url).toBe(`${local.url}/${DEV}/sso/v1/oauth/${GMAIL}/connected`)
    expect(page).toContain('Account connected')
    const account = await accountOf(BEN)
    expect(account).toMatchObject({
      status: ACTIVE,
      authorizationDetails: {
        details: {
          case: 'oauthToken',
          value: {
            accessToken: expect.stringMatching(/./),
            refreshToken: expect.stringMatching(/./),
            scopes: ['https://www.googleapis.com/auth/gmail.modify'],
          },
        },
      },
    })
    const expires = Number(account?.tokenExpiresAt?.seconds) * 1000
    expect(expires - Date.now()).toBeGreaterThan(3_500_000)
    const call = { toolName: 'gmail_fetch_mails', toolInput: {}, identifier: BEN.identifier }
    expect((await sdk.actions.executeTool(call)).data).toHaveProperty('messages')
    const { tools } = await sdk.tools.listScopedTools(BEN.identifier, { filter: {} })
    expect(tools).toHaveLength(5)
  })

  it('accepts state, user_verify_url, both or neither', async () => {
    for (const more of [
      {},
      { state: 's' },
      { userVerifyUrl: VERIFY_URL },
      { state: 's', userVerifyUrl: VERIFY_URL },
    ]) {
      const { link } = await sdk.actions.getAuthorizationLink({ ...BEN, ...more })
      expect((await consent(link)).page).toContain('Account connected')
    }
    const wrong = sdk.actions.getAuthorizationLink({ ...BEN, userVerifyUrl: 'javascript:alert(1)' })
    await expect(wrong).rejects.toThrow(ScalekitServerException)
  })

  it('opens once and within a minute, and not by a HEAD request', async () => {
    const first = await sdk.actions.getAuthorizationLink(ANA)
    await fetch(first.link, { method: 'HEAD', redirect: 'manual' })
    const opened = await new Browser().follow(first.link)
    expect(opened.page).toContain('Allow access')
    const again = await new Browser().follow(first.link)
    expect([again.response.status, again.page]).toEqual([
      410,
      expect.stringContaining('expire after one minute'),
    ])
    const late = await sdk.actions.getAuthorizationLink(ANA)
    local.wait(60_001)
    expect((await new Browser().follow(late.link)).response.status).toBe(410)
    expect(await accountOf(ANA)).toMatchObject({ status: PENDING_AUTH })
  })

  it('is not stored, and no log has it', async () => {
    const { link } = await sdk.actions.getAuthorizationLink(ANA)
    await consent(link)
    const token = link.split('/').at(-1) ?? ''
    const rows = await local.database.db.selectFrom('links').selectAll().execute()
    const kept = JSON.stringify([rows, await control(local, 'GET', '/requests')])
    expect(kept).not.toContain(token)
  })

  it('does not open while the connection is disabled', async () => {
    const { link } = await sdk.actions.getAuthorizationLink(ANA)
    const token = await local.client(DEV)
    await local.rest('PATCH', `/api/v1/connections/${GMAIL}:disable`, { token })
    const closed = await new Browser().follow(link)
    expect([closed.response.status, closed.page]).toEqual([
      409,
      expect.stringContaining('This connection is disabled'),
    ])
    expect(await accountOf(ANA)).toMatchObject({ status: PENDING_AUTH })
  })

  it('leaves the account as it was when the user denies', async () => {
    const { link } = await sdk.actions.getAuthorizationLink(ANA)
    const denied = await consent(link, { answer: 'deny' })
    const { searchParams } = new URL(denied.url)
    expect(searchParams.get('error')).toBe('access_denied')
    expect(searchParams.get('error_description')).toBe('The user denied access')
    expect([denied.response.status, denied.page]).toEqual([
      400,
      expect.stringContaining('You did not allow access'),
    ])
    expect(await accountOf(ANA)).toMatchObject({ status: PENDING_AUTH })
  })

  it('does not connect what another browser has started, and a callback works once', async () => {
    const { link } = await sdk.actions.getAuthorizationLink(ANA)
    const browser = new Browser()
    const { url, page = '' } = await browser.follow(link)
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const body = new URLSearchParams({ csrf, account: 'a', answer: 'allow' })
    const answered = await browser.open(url, { method: 'POST', headers: { origin: local.url }, body })
    const callback = answered.headers.get('location') ?? ''
    const other = await new Browser().follow(callback)
    expect(other.url).toContain('session+expired+or+invalid')
    const again = await browser.follow(callback)
    expect(again.url).toContain('Invalid+state+parameter')
    expect(await accountOf(ANA)).toMatchObject({ status: PENDING_AUTH })
  })

  it('says when the provider does not exchange the code', async () => {
    await control(local, 'POST', '/faults', {
      match: { path: `/simulator/${GMAIL}/oauth/token` },
      status: 500,
    })
    const { link } = await sdk.actions.getAuthorizationLink(ANA)
    const { url, page } = await consent(link)
    expect(url).toContain('error=failed_to_exchange_token')
    expect(page).toContain('did not exchange the code')
    expect(await accountOf(ANA)).toMatchObject({ status: PENDING_AUTH })
  })

  it('shows our words only, whatever the query of the page says', async () => {
    const query = 'error=%3Cb%3Ex&error_description=Call+this+number'
    const page = await (await fetch(`${local.url}/${DEV}/sso/v1/oauth/${GMAIL}/failed?${query}`)).text()
    expect(page).not.toMatch(/Call this|<b>x/)
  })

  it('needs an account or an identifier, and a connection that exists', async () => {
    const unknown = sdk.actions.getAuthorizationLink({ ...BEN, connectionName: 'nowhere' })
    await expect(unknown).rejects.toThrow(/connection not found/)
    const missing = sdk.actions.getAuthorizationLink({ connectedAccountId: 'ca_999999999999999999' } as never)
    await expect(missing).rejects.toThrow(ScalekitNotFoundException)
  })
})

describe('the simulated provider', () => {
  it('knows its client, its redirect URI and PKCE only', async () => {
    const { link } = await sdk.actions.getAuthorizationLink(ANA)
    const { url } = await new Browser().follow(link)
    for (const [name, value] of [
      ['client_id', 'conn_1'],
      ['redirect_uri', 'https://evil.example/'],
      ['code_challenge', 'short'],
      ['code_challenge_method', 'plain'],
      ['response_type', 'token'],
    ] as const) {
      const changed = new URL(url)
      changed.searchParams.set(name, value)
      const response = await fetch(changed, { redirect: 'manual' })
      expect([name, response.status, response.headers.get('location')]).toEqual([name, 400, null])
    }
  })

  it('redeems a code once, for who asked', async () => {
    const token = (params: Record<string, string>) =>
      fetch(`${local.url}/simulator/${GMAIL}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams(params),
      })
    const code = { grant_type: 'authorization_code', code: 'made-up', code_verifier: 'x', redirect_uri: 'x' }
    expect((await token(code)).status).toBe(400)
    expect(await (await token({ grant_type: 'password' })).json()).toMatchObject({
      error: 'unsupported_grant_type',
    })
  })

  it('grants the scopes that are left in its form, and asks for an account', async () => {
    const { link } = await sdk.actions.getAuthorizationLink(ANA)
    const browser = new Browser()
    const { url, page = '' } = await browser.follow(link)
    const empty = await browser.submit(url, page, { answer: 'allow', account: ' ' })
    expect([empty.response.status, empty.page]).toEqual([422, expect.stringContaining('Name the account.')])
    await browser.submit(url, empty.page ?? '', { answer: 'allow', account: 'ana', scopes: 'made.up' })
    expect((await accountOf(ANA))?.authorizationDetails?.details.value).toMatchObject({ scopes: [] })
  })
})

describe('verification by the application', () => {
  beforeEach(async () => {
    expect(await control(local, 'PUT', `/user-verification/${DEV}`, { mode: 'custom' })).toEqual({
      mode: 'custom',
    })
  })

  const askFor = async (more: object = {}) => {
    const { link } = await sdk.actions.getAuthorizationLink({ ...BEN, userVerifyUrl: VERIFY_URL, ...more })
    return new URL((await consent(link)).url)
  }

  it('sends the user to the application, which activates the account of its own user', async () => {
    const url = await askFor({ state: 'nonce-1' })
    expect(url.origin + url.pathname).toBe('http://localhost:3999/verify')
    expect([url.searchParams.get('from'), url.searchParams.get('state')]).toEqual(['link', 'nonce-1'])
    const authRequestId = url.searchParams.get('auth_request_id') ?? ''
    const pending = await accountOf(BEN)
    expect(pending).toMatchObject({ status: PENDING_VERIFICATION })
    expect(pending?.authorizationDetails?.details.value).toBeUndefined()
    const call = { toolName: 'gmail_fetch_mails', toolInput: {}, identifier: BEN.identifier }
    await expect(sdk.actions.executeTool(call)).rejects.toThrow(/PENDING_VERIFICATION/)
    const verify = (identifier: string) =>
      sdk.actions.verifyConnectedAccountUser({ authRequestId, identifier })
    await expect(verify('eve@acme.example')).rejects.toThrow(ScalekitForbiddenException)
    const { postUserVerifyRedirectUrl } = await verify(BEN.identifier)
    expect(await (await fetch(postUserVerifyRedirectUrl)).text()).toContain('Account connected')
    expect(await accountOf(BEN)).toMatchObject({ status: ACTIVE })
    await expect(verify(BEN.identifier)).rejects.toThrow(ScalekitNotFoundException)
    await expect(verify(BEN.identifier)).rejects.toThrow(/auth request not found or no longer valid/i)
    expect((await sdk.actions.executeTool(call)).data).toHaveProperty('messages')
  })

  it('leaves out the state that a link does not have', async () => {
    expect((await askFor()).searchParams.has('state')).toBe(false)
  })

  it('ends on a page that explains a missing user_verify_url', async () => {
    const { link } = await sdk.actions.getAuthorizationLink(ANA)
    const { url, page } = await consent(link)
    const { searchParams } = new URL(url)
    expect(searchParams.get('error')).toBe('failed_to_exchange_token')
    expect(searchParams.get('error_description')).toBe(
      'user_verify_url not configured for verification redirect',
    )
    expect(page).toContain('gave no user_verify_url')
    expect(await accountOf(ANA)).toMatchObject({ status: PENDING_AUTH })
  })

  it('is for the latest consent, and for ten minutes', async () => {
    const [first, second] = [await askFor(), await askFor()]
    const verify = (url: URL) =>
      sdk.actions.verifyConnectedAccountUser({
        authRequestId: url.searchParams.get('auth_request_id') ?? '',
        identifier: BEN.identifier,
      })
    await expect(verify(first)).rejects.toThrow(/no longer valid/)
    local.wait(601_000)
    await expect(verify(second)).rejects.toThrow(/no longer valid/)
    await expect(verify(new URL(`${VERIFY_URL}&auth_request_id=unknown`))).rejects.toThrow(/not found/)
  })

  it('is a setting of the environment, which the seed can have', async () => {
    expect(await control(local, 'GET', `/user-verification/${DEV}`)).toEqual({ mode: 'custom' })
    expect((await control(local, 'GET', '/state')).environments[0].data).toMatchObject({
      user_verification: 'custom',
    })
    expect(await control(local, 'PUT', `/user-verification/${DEV}`, { mode: 'nobody' })).toMatchObject({
      code: 'request_invalid',
    })
    expect(await control(local, 'GET', '/user-verification/env_1')).toMatchObject({ code: 'not_found' })
  })
})

describe('the form for credentials', () => {
  const fill = async (link: string, fields: Record<string, string>) => {
    const browser = new Browser()
    const { url, page = '' } = await browser.follow(link)
    return { url, page, browser, answer: await browser.submit(url, page, fields) }
  }
  const detailsOf = async (named: typeof BEN) => {
    const account = await accountOf(named)
    return [account?.status, account?.authorizationDetails?.details.value]
  }

  it('asks for a key, and activates the account', async () => {
    const named = { connectionName: 'exa', identifier: 'ben' }
    const { link } = await sdk.actions.getAuthorizationLink(named)
    const { url, page, browser, answer } = await fill(link, { api_key: 'exa-key' })
    expect(page).toContain('Connect Exa')
    expect(answer.page).toContain('Account connected')
    expect(await detailsOf(named)).toMatchObject([ACTIVE, { details: { api_key: 'exa-key' } }])
    expect((await browser.follow(url)).response.status).toBe(410)
    expect(JSON.stringify(await control(local, 'GET', '/requests'))).not.toContain(url.split('/').at(-1))
  })

  it('asks for what the connector needs, and says what is missing', async () => {
    const named = { connectionName: 'freshdesk', identifier: 'ben' }
    const { link } = await sdk.actions.getAuthorizationLink(named)
    const { url, browser, answer } = await fill(link, { domain: 'acme"<b>' })
    expect([answer.response.status, answer.page]).toEqual([422, expect.stringContaining('Fill in: API key.')])
    expect(answer.page).toContain('acme&quot;&lt;b&gt;')
    expect(await detailsOf(named)).toMatchObject([PENDING_AUTH, undefined])
    await browser.submit(url, answer.page ?? '', { domain: 'acme.freshdesk.com', username: 'key' })
    expect(await detailsOf(named)).toMatchObject([
      ACTIVE,
      { details: { domain: 'acme.freshdesk.com', username: 'key' } },
    ])
  })

  it('has the fields of a provider that the environment has added', async () => {
    const token = await local.client(DEV)
    const provider = {
      display_name: 'Robot Hub',
      proxy_url: 'https://api.robots.example',
      auth_patterns: [
        { type: 'API_KEY', fields: [{ field_name: 'key', label: 'Robot key', input_type: 'password' }] },
      ],
    }
    const made = await local.rest('POST', '/api/v1/custom-providers', { token, body: provider })
    const connection = { type: 'API_KEY', provider_key: made.body.provider.identifier, key_id: 'robots' }
    const { body } = await local.rest('POST', '/api/v1/connections', { token, body: connection })
    await local.rest('PATCH', `/api/v1/connections/${body.connection.id}:enable`, { token })
    const named = { connectionName: 'robots', identifier: 'ben' }
    const { link } = await sdk.actions.getAuthorizationLink(named)
    expect((await fill(link, { key: 'r' })).page).toContain('Robot key')
    expect(await detailsOf(named)).toMatchObject([ACTIVE, { details: { key: 'r' } }])
  })

  it('asks whom a service account acts for, and which database user it is', async () => {
    const token = await local.client(DEV)
    for (const [type, field, value] of [
      ['GOOGLE_DWD', 'subject', { subject: 'ben@acme.example' }],
      ['TRUSTED_IDP', 'db_user', { dbUser: 'ben@acme.example' }],
    ] as const) {
      const connection = { type, provider_key: type, key_id: field }
      const { body } = await local.rest('POST', '/api/v1/connections', { token, body: connection })
      const path = `/api/v1/connections/${body.connection.id}`
      const google_dwd_config = { service_account_json: '{}' }
      if (type === 'GOOGLE_DWD')
        await local.rest('PATCH', path, { token, body: { ...connection, google_dwd_config } })
      await local.rest('PATCH', `${path}:enable`, { token })
      const named = { connectionName: field, identifier: 'ben' }
      const { link } = await sdk.actions.getAuthorizationLink(named)
      await fill(link, { [field]: 'ben@acme.example' })
      expect(await detailsOf(named)).toMatchObject([ACTIVE, value])
    }
  })

  it('is not verified by the application, and refuses a form without its token', async () => {
    await control(local, 'PUT', `/user-verification/${DEV}`, { mode: 'custom' })
    const named = { connectionName: 'exa', identifier: 'ben' }
    const { link } = await sdk.actions.getAuthorizationLink(named)
    const browser = new Browser()
    const { url, page = '' } = await browser.follow(link)
    expect((await browser.submit(url, '', { api_key: 'k' })).response.status).toBe(403)
    const reloaded = await browser.follow(url)
    await browser.submit(url, reloaded.page ?? page, { api_key: 'k' })
    expect(await detailsOf(named)).toMatchObject([ACTIVE, { details: { api_key: 'k' } }])
  })
})
