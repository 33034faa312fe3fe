import { decodeJwt } from 'jose'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { ACME, type Environment, startEnvironment } from './environment.js'
import { type Hook, intercept, type Question } from './hooks.js'
import { launchChromium, Visitor } from './visitor.js'

let environment: Environment
let app: Application
let browser: Browser
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

const remove = ({ id }: Hook<Question>) => environment.control('DELETE', `/interceptors/${id}`)

/** Somebody new types an address and the code that they get. */
async function signUp(email: string): Promise<Visitor> {
  const person = await Visitor.open(browser)
  await person.goto(`${app.origin}/login?prompt=create`)
  await person.typeEmail(email)
  const { code = '' } = await environment.mail(email)
  await person.typeCode(code)
  return person
}

async function signInAsAna(): Promise<Visitor> {
  const ana = await Visitor.open(browser)
  await ana.goto(`${app.origin}/login`)
  await ana.press(/ana@acme\.example/)
  return ana
}

const failure = (person: Visitor) =>
  person.arrives<{ error: string; error_description: string }>('Sign-in failed')

describe('J28: interceptors', () => {
  it('decide on a sign-up: deny it, or place the person in an existing organization', async () => {
    const hook = await intercept(environment, app, 'PRE_SIGNUP', ({ interceptor_context: { user_email } }) =>
      user_email === 'mallory@free.example'
        ? { decision: 'DENY', error: { message: 'Use the address of your company.' } }
        : {
            decision: 'ALLOW',
            response: {
              create_organization_membership: { external_organization_id: 'acme', roles: ['guest'] },
            },
          },
    )
    const mallory = await signUp('mallory@free.example')
    expect(await failure(mallory)).toEqual({
      error: 'access_denied',
      error_description: 'Use the address of your company.',
    })
    await mallory.leave()
    const nils = await signUp('nils@newcomer.example')
    const { claims } = await nils.arrives<SignedIn>('Signed in')
    expect(claims).toMatchObject({ oid: ACME, roles: ['guest'] })
    await nils.leave()
    expect(hook.received.at(-1)?.body).toMatchObject({
      trigger_point: 'PRE_SIGNUP',
      interceptor_context: {
        user_email: 'nils@newcomer.example',
        auth_request: { state: expect.any(String) },
      },
    })
    const { users } = await environment.sdk.user.listUsers({ pageSize: 100 })
    expect(users.map(({ email }) => email)).not.toContain('mallory@free.example')
    await remove(hook)
  })

  it('add claims before a session, which its access and ID tokens have, also refreshed; or deny it', async () => {
    let open = true
    const hook = await intercept(environment, app, 'PRE_SESSION_CREATION', () =>
      open
        ? {
            decision: 'ALLOW',
            response: { claims: { subscription_tier: 'enterprise', sub: 'somebody else' } },
          }
        : { decision: 'DENY', error: { message: 'Maintenance until noon.' } },
    )
    const custom_claims = { subscription_tier: 'enterprise', sub: 'somebody else' }
    const ana = await signInAsAna()
    const { claims } = await ana.arrives<SignedIn>('Signed in')
    expect(claims).toMatchObject({ sub: 'usr_100000000000000101', oid: ACME, custom_claims })
    expect(decodeJwt(app.signedIn.idToken)).toMatchObject({ sub: claims.sub, custom_claims })
    const refreshed = await environment.sdk.refreshAccessToken(app.signedIn.refreshToken ?? '')
    expect(decodeJwt(refreshed.accessToken)).toMatchObject({ custom_claims })
    expect(hook.received[0]?.body).toMatchObject({
      interceptor_context: { user_email: 'ana@acme.example', organization_id: ACME },
      data: { user: { email: 'ana@acme.example', memberships: [{ organization_id: ACME }] } },
    })
    await ana.leave()

    open = false
    const again = await signInAsAna()
    expect(await failure(again)).toEqual({
      error: 'access_denied',
      error_description: 'Maintenance until noon.',
    })
    await again.leave()
    await remove(hook)
  })

  it('decide on an invitation before an e-mail is sent', async () => {
    const hook = await intercept(environment, app, 'PRE_USER_INVITATION', ({ interceptor_context }) =>
      String(interceptor_context.user_email).endsWith('@acme.example')
        ? { decision: 'ALLOW' }
        : { decision: 'DENY', error: { message: 'Invite colleagues only.' } },
    )
    const { user } = environment.sdk
    const invite = (email: string) => user.createUserAndMembership(ACME, { email, sendInvitationEmail: true })
    await expect(invite('guest@contractor.example')).rejects.toThrow('Invite colleagues only.')
    await invite('nina@acme.example')
    expect((await environment.mail('nina@acme.example')).link).toBeDefined()
    const { messages } = await environment.control<{ messages: unknown[] }>(
      'GET',
      '/outbox?to=guest@contractor.example',
    )
    expect(messages).toEqual([])
    expect(hook.received[0]?.body).toMatchObject({
      interceptor_context: { organization_id: ACME, user_email: 'guest@contractor.example' },
      data: { organization: { id: ACME, name: 'Acme Robotics' } },
    })
    await remove(hook)
  })

  it('change the scope, audience and claims of a machine token, or deny it', async () => {
    const { client, plainSecret } = await environment.sdk.m2m.createOrganizationClient(ACME, {
      name: 'Robot',
      scopes: ['deploy:applications', 'read:deployments'],
      customClaims: { service: 'deployment' },
    })
    const id = client?.clientId ?? ''
    const ask = () =>
      fetch(`${environment.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: id,
          client_secret: plainSecret,
        }),
      })
    let allowed = true
    const hook = await intercept(environment, app, 'PRE_M2M_TOKEN_CREATION', () =>
      allowed
        ? {
            decision: 'ALLOW',
            response: {
              claims: { scope: 'read:deployments', aud: 'https://api.acme.example', tier: 'gold' },
            },
          }
        : { decision: 'DENY', error: { message: 'Robots rest at night.' } },
    )
    const { access_token, scope } = (await (await ask()).json()) as Record<string, string>
    expect(scope).toBe('read:deployments')
    const options = {
      issuer: environment.url,
      audience: ['https://api.acme.example'],
      requiredScopes: ['read:deployments'],
    }
    const claims = await environment.sdk.validateToken<object>(access_token ?? '', options)
    expect(claims).toMatchObject({ sub: id, oid: ACME, tier: 'gold', service: 'deployment' })
    expect(hook.received[0]?.body.data).toMatchObject({
      m2m_token_claims: {
        client_id: id,
        claims: { oid: ACME, scopes: ['deploy:applications', 'read:deployments'] },
      },
    })
    allowed = false
    const refused = await ask()
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('Robots rest at night.')
    await remove(hook)
  })

  it('that do not answer in time fail closed or open, as they are registered', async () => {
    const silent = (failure_policy: string) =>
      intercept(environment, app, 'PRE_SESSION_CREATION', () => 'silence', {
        timeout_ms: 300,
        failure_policy,
      })
    const closed = await silent('FAIL_CLOSED')
    const ana = await signInAsAna()
    expect((await failure(ana)).error).toBe('access_denied')
    await ana.leave()
    await remove(closed)
    const open = await silent('FAIL_OPEN')
    const again = await signInAsAna()
    const { claims } = await again.arrives<SignedIn>('Signed in')
    expect(claims).not.toHaveProperty('custom_claims')
    expect(open.received).toHaveLength(1)
    await again.leave()
    await remove(open)
  })
})
