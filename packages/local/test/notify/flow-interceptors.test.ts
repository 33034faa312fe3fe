import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { claimsOf, postForm } from '../oauth/authorization-code.js'
import { application, DEV } from '../oauth/sso-client.js'
import { control } from '../security/attack.js'
import { type Application, startApplication } from './application.js'

const ACME = 'org_100000000000000001'
const CONNECTION = 'conn_100000000000000002'

let local: LocalScalekit
let asked: Application
let sdk: Scalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  asked = await startApplication()
  sdk = new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')
})
beforeEach(async () => {
  await local.reset()
  asked.forget()
})
afterAll(async () => {
  await asked.close()
  await local.close()
})

async function intercept(trigger_point: string, settings: Record<string, unknown> = {}) {
  const body = { environment: DEV, trigger_point, api_url: asked.url, ...settings }
  const response = await control(local.url, 'interceptors', 'POST', body)
  expect(response.status).toBe(200)
  return (await response.json()) as { id: string; secret: string }
}

function answer(body: unknown, status = 200) {
  asked.answerWith((response) => response.writeHead(status).end(JSON.stringify(body)))
}

const deny = (message = 'Not from here.') => answer({ decision: 'DENY', error: { code: 'policy', message } })

async function decisions() {
  const response = await control(local.url, 'interceptors')
  return ((await response.json()) as { decisions: { decision: string; answered: boolean }[] }).decisions
}

/** Ana signs in, and this is where the browser is then. */
async function signIn() {
  const app = application(local.url)
  const at = await app.start({ login_hint: 'ana@acme.example' })
  const end = await at.browser.submit(at.url, at.page, { email: 'ana@acme.example' })
  return new URL(end.url).searchParams
}

describe('before a session', () => {
  it('an application is asked, signed so that the official SDK verifies it, and allows it', async () => {
    const { secret } = await intercept('PRE_SESSION_CREATION', { display_name: 'Office hours' })
    answer({ decision: 'ALLOW' })
    expect((await signIn()).get('code')).not.toBeNull()
    const [{ headers, body } = { headers: {}, body: '' }] = asked.received
    expect(sdk.verifyInterceptorPayload(secret, headers as Record<string, string>, body)).toBe(true)
    expect(() =>
      sdk.verifyInterceptorPayload(secret, headers as Record<string, string>, `${body} `),
    ).toThrow()
    expect(JSON.parse(body)).toMatchObject({
      display_name: 'Office hours',
      trigger_point: 'PRE_SESSION_CREATION',
      interceptor_context: {
        environment_id: DEV,
        user_id: 'usr_100000000000000101',
        user_email: 'ana@acme.example',
        organization_id: ACME,
        auth_request: { login_hint: 'ana@acme.example', state: 'the state' },
        ip_address: expect.stringMatching(/127\.0\.0\.1|::1/),
        triggered_at: expect.stringMatching(/Z$/),
      },
      data: {
        user: {
          id: 'usr_100000000000000101',
          given_name: 'Ana',
          memberships: [{ organization_id: ACME, status: 'ACTIVE', roles: ['admin'] }],
        },
      },
    })
  })

  it('it denies, and the client is told so in its words', async () => {
    await intercept('PRE_SESSION_CREATION')
    deny('Come back on Monday.')
    const answered = await signIn()
    expect(Object.fromEntries(answered)).toMatchObject({
      error: 'access_denied',
      error_description: 'Come back on Monday.',
      state: 'the state',
    })
    expect(answered.has('code')).toBe(false)
  })

  it.each([{ message: 'Come back on Monday.' }, { message: '' }, 'no', undefined])(
    'it denies with the error %j, whatever is to happen when it does not decide',
    async (error) => {
      await intercept('PRE_SESSION_CREATION', { failure_policy: 'FAIL_OPEN' })
      answer({ decision: 'DENY', error })
      expect((await signIn()).get('error')).toBe('access_denied')
      expect(await decisions()).toMatchObject([{ decision: 'DENY', answered: true }])
    },
  )

  it('it is not asked by another environment, at another moment, or when it is gone', async () => {
    await intercept('PRE_SESSION_CREATION', { environment: 'env_100000000000000002' })
    await intercept('PRE_SIGNUP')
    const { id } = await intercept('PRE_SESSION_CREATION')
    expect((await control(local.url, `interceptors/${id}`, 'DELETE')).status).toBe(200)
    deny()
    expect((await signIn()).get('code')).not.toBeNull()
    expect(asked.received).toEqual([])
  })

  it('of several, all must allow it', async () => {
    await intercept('PRE_SESSION_CREATION')
    await intercept('PRE_SESSION_CREATION')
    const answers = ['ALLOW', 'DENY']
    asked.answerWith((response) => response.end(JSON.stringify({ decision: answers.shift() })))
    expect((await signIn()).get('error')).toBe('access_denied')
    expect((await decisions()).map(({ decision }) => decision)).toEqual(['ALLOW', 'DENY'])
  })
})

describe('an application that does not decide', () => {
  const silences: [string, () => void][] = [
    ['answers 500', () => answer({ decision: 'ALLOW' }, 500)],
    ['answers 302', () => asked.answerWith((response) => response.writeHead(302, { location: '/' }).end())],
    ['answers with no decision', () => answer({ decision: 'MAYBE' })],
    ['answers with no JSON', () => asked.answerWith((response) => response.end('ALLOW'))],
    ['answers too much', () => answer({ decision: 'ALLOW', filler: 'x'.repeat(70_000) })],
    ['drops the connection', () => asked.answerWith((response) => response.destroy())],
    ['does not answer in time', () => asked.answerWith(() => undefined)],
  ]

  it.each(silences)('and %s stops what is to fail closed', async (_case, silence) => {
    await intercept('PRE_SESSION_CREATION', { failure_policy: 'FAIL_CLOSED', timeout_ms: 200 })
    silence()
    const answered = await signIn()
    expect(answered.get('error')).toBe('access_denied')
    expect(answered.get('error_description')).toContain('Try again later')
    expect(await decisions()).toMatchObject([{ decision: 'DENY', answered: false }])
  })

  it.each(silences)('and %s lets through what is to fail open', async (_case, silence) => {
    await intercept('PRE_SESSION_CREATION', { failure_policy: 'FAIL_OPEN', timeout_ms: 200 })
    silence()
    expect((await signIn()).get('code')).not.toBeNull()
    expect(await decisions()).toMatchObject([{ decision: 'ALLOW', answered: false }])
  })
})

describe('before somebody signs up through a connection', () => {
  beforeEach(async () => {
    await local.database.db
      .updateTable('connections')
      .set({ provider: 'IDP_SIMULATOR', status: 'COMPLETED', enabled: 1 })
      .where('id', '=', CONNECTION)
      .execute()
  })

  const signUp = (email: string) => application(local.url).simulate({ connection_id: CONNECTION }, { email })

  it('an application is asked, and without its leave nobody is made', async () => {
    await intercept('PRE_SIGNUP')
    deny('Sales only.')
    const refused = new URL((await signUp('nils@acme.example')).url).searchParams
    expect(refused.get('error_description')).toBe('Sales only.')
    expect(JSON.parse(asked.received[0]?.body ?? '{}')).toMatchObject({
      trigger_point: 'PRE_SIGNUP',
      interceptor_context: {
        user_email: 'nils@acme.example',
        connection_details: [{ id: CONNECTION, type: 'OIDC', provider: 'IDP_SIMULATOR' }],
      },
    })
    const made = await local.database.db
      .selectFrom('users')
      .select('id')
      .where('email', '=', 'nils@acme.example')
      .execute()
    expect(made).toEqual([])
    answer({ decision: 'ALLOW' })
    expect(new URL((await signUp('nils@acme.example')).url).searchParams.get('code')).not.toBeNull()
  })

  it('it is not asked about somebody who is here', async () => {
    await intercept('PRE_SIGNUP')
    deny()
    expect(new URL((await signUp('ana@acme.example')).url).searchParams.get('code')).not.toBeNull()
    expect(asked.received).toEqual([])
  })
})

describe('before an invitation', () => {
  it('an application is asked, and without its leave nobody is invited', async () => {
    await intercept('PRE_USER_INVITATION')
    deny('The plan has five seats.')
    await expect(sdk.user.createUserAndMembership(ACME, { email: 'six@acme.example' })).rejects.toThrow(
      'five seats',
    )
    expect(JSON.parse(asked.received[0]?.body ?? '{}')).toMatchObject({
      trigger_point: 'PRE_USER_INVITATION',
      interceptor_context: { organization_id: ACME, user_email: 'six@acme.example' },
    })
    const outbox = (await (await control(local.url, 'outbox?to=six@acme.example')).json()) as {
      messages: unknown[]
    }
    expect(outbox.messages).toEqual([])
    // Who is not invited, but made a member at once, is no question of invitations.
    await sdk.user.createUserAndMembership(ACME, { email: 'six@acme.example', sendInvitationEmail: false })
    answer({ decision: 'ALLOW' })
    await sdk.user.createUserAndMembership(ACME, { email: 'seven@acme.example' })
  })
})

describe('before a token of a machine', () => {
  it('an application is asked, and adds claims, but none of those that count', async () => {
    const { client, plainSecret } = await sdk.m2m.createOrganizationClient(ACME, { name: 'Robot' })
    const ask = () =>
      postForm(`${local.url}/${DEV}/oauth/token`, {
        grant_type: 'client_credentials',
        client_id: client?.clientId ?? '',
        client_secret: plainSecret,
      })
    await intercept('PRE_M2M_TOKEN_CREATION')
    answer({
      decision: 'ALLOW',
      response: {
        claims: { tier: 'gold', sub: 'admin', iss: 'https://evil.example', oid: 'org_1', exp: 9e9 },
      },
    })
    const { access_token } = (await (await ask()).json()) as { access_token: string }
    const claims = claimsOf(access_token)
    expect(claims).toMatchObject({
      tier: 'gold',
      sub: client?.clientId,
      oid: ACME,
      iss: `${local.url}/${DEV}`,
    })
    expect(claims.exp).toBeLessThan(9e9)
    deny('Robots are off.')
    const refused = await ask()
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      error: 'access_denied',
      error_description: expect.stringContaining('Robots are off.'),
    })
  })
})

describe('the interceptors', () => {
  it('are listed without their secrets', async () => {
    const { secret } = await intercept('PRE_SIGNUP')
    const text = await (await control(local.url, 'interceptors')).text()
    expect(text).toContain('PRE_SIGNUP')
    expect(text).not.toContain(secret)
  })

  it.each([
    [{}],
    [{ trigger_point: 'POST_EVERYTHING' }],
    [{ api_url: 'file:///etc/passwd' }],
    [{ timeout_ms: 99 }],
    [{ timeout_ms: 30_001 }],
    [{ failure_policy: 'MAYBE' }],
    [{ unknown: 1 }],
  ])('are refused when they are %j', async (wrong) => {
    const right = { environment: DEV, trigger_point: 'PRE_SIGNUP', api_url: asked.url }
    const body = Object.keys(wrong).length === 0 ? {} : { ...right, ...wrong }
    expect((await control(local.url, 'interceptors', 'POST', body)).status).toBe(400)
  })
})
