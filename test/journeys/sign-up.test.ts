import { text } from 'express'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { ACME, ENVIRONMENT, type Environment, startEnvironment } from './environment.js'
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

describe('J4: sign-up', () => {
  it('creates a user and an organization, makes its creator the admin, and tells the application', async () => {
    const events: Record<string, unknown>[] = []
    const { secret } = await environment.control<{ secret: string }>('POST', '/webhooks', {
      environment: ENVIRONMENT,
      url: `${app.origin}/webhooks`,
    })
    app.routes.post('/webhooks', text({ type: 'application/json' }), (request, response) => {
      environment.sdk.verifyWebhookPayload(secret, request.headers as Record<string, string>, request.body)
      events.push(JSON.parse(request.body))
      response.sendStatus(204)
    })

    const nia = await Visitor.open(browser)
    await nia.goto(`${app.origin}/login?prompt=create`)
    expect(await nia.heading()).toBe('Sign up')
    await nia.typeEmail('nia@startup.example')
    await nia.shows('Check your e-mail')
    await nia.typeCode((await environment.mail('nia@startup.example')).code ?? '')
    const { user, claims } = await nia.arrives<SignedIn>('Signed in')
    expect(user).toMatchObject({ email: 'nia@startup.example', emailVerified: true })
    expect(claims).toMatchObject({
      roles: ['admin'],
      permissions: expect.arrayContaining(['billing:manage']),
    })

    const { organization } = await environment.sdk.organization.getOrganization(String(claims.oid))
    expect(organization).toMatchObject({ displayName: '' })
    const { users } = await environment.sdk.user.listOrganizationUsers(String(claims.oid))
    expect(users).toMatchObject([
      { email: 'nia@startup.example', memberships: [{ roles: [{ name: 'admin' }] }] },
    ])
    await expect.poll(() => events.map(({ type }) => type)).toContain('user.signup')
    expect(events.find(({ type }) => type === 'user.signup')).toMatchObject({
      environment_id: ENVIRONMENT,
      organization_id: claims.oid,
    })

    // The next time she signs in with her address, and has the same organization.
    await nia.goto(`${app.origin}/logout`)
    await nia.arrives('Signed out')
    await nia.goto(`${app.origin}/login`)
    await nia.press('nia@startup.example')
    expect((await nia.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: claims.oid })
    expect(events.filter(({ type }) => type === 'user.signup')).toHaveLength(1)
    await nia.leave()
  })
})

describe('J5: a test user', () => {
  it('signs in with the code that never changes, through the documented selectors', async () => {
    const email = 'qa+sktest@acme.example'
    await environment.sdk.user.createUserAndMembership(ACME, { email, sendInvitationEmail: false })
    const qa = await Visitor.open(browser)
    await qa.goto(`${app.origin}/login`)
    await qa.typeEmail(email)
    await qa.shows('Check your e-mail')
    await qa.typeCode('000000')
    await qa.page.getByRole('alert').waitFor()
    expect(qa.expectedProblems()).toContainEqual(expect.stringContaining('422'))
    await qa.typeCode('424242')
    const { user, claims } = await qa.arrives<SignedIn>('Signed in')
    expect(user).toMatchObject({ email })
    expect(claims).toMatchObject({ oid: ACME, roles: ['member'] })
    await qa.leave()
  })

  it('signs up with the same code', async () => {
    const qa = await Visitor.open(browser)
    await qa.goto(`${app.origin}/login?prompt=create`)
    await qa.typeEmail('new+sktest-1@startup.example')
    await qa.shows('Check your e-mail')
    await qa.typeCode('424242')
    expect((await qa.arrives<SignedIn>('Signed in')).claims).toMatchObject({ roles: ['admin'] })
    await qa.leave()
  })
})
