import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, startApplication } from './application.js'
import { ACME, type Environment, startEnvironment } from './environment.js'
import { receiveWebhooks } from './hooks.js'
import { launchChromium, Visitor } from './visitor.js'

interface Delivery {
  readonly event: string
  readonly endpoint: string
  readonly status: number
}

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

describe('J18: webhooks', () => {
  it('says who was created and who signed in, signed so that the SDK verifies the bytes', async () => {
    const hook = await receiveWebhooks(environment, app)
    const { organization } = await environment.sdk.organization.createOrganization('Hooli')
    const created = await hook.until(({ type }) => type === 'organization.created')
    expect(created.body).toMatchObject({
      object: 'Organization',
      organization_id: organization?.id,
      data: { id: organization?.id, display_name: 'Hooli' },
    })
    const { headers, payload } = created
    expect(headers['webhook-id']).toBe(created.body.id)
    const verify = (secret: string, body: string) =>
      environment.sdk.verifyWebhookPayload(secret, headers, body)
    expect(() => verify(hook.secret, payload.replace('Hooli', 'Holi'))).toThrow()
    expect(() => verify(`whsec_${btoa('another application')}`, payload)).toThrow()

    const ana = await Visitor.open(browser)
    await ana.goto(`${app.origin}/login`)
    await ana.press(/ana@acme\.example/)
    await ana.arrives('Signed in')
    const signedIn = await hook.until(({ type }) => type === 'user.login')
    expect(signedIn.body).toMatchObject({
      object: 'UserLoginEvent',
      organization_id: ACME,
      data: { user: { email: 'ana@acme.example', user_profile: { given_name: 'Ana', name: 'Ana Almeida' } } },
    })
    await ana.goto(`${app.origin}/logout`)
    await ana.arrives('Signed out')
    const signedOut = await hook.until(({ type }) => type === 'user.logout')
    expect(signedOut.body).toMatchObject({
      object: 'UserLogoutEvent',
      data: { user: { email: 'ana@acme.example' } },
    })
    await ana.leave()
  })

  it('sends an event again until the application answers 2xx, under the same id', async () => {
    const statuses = [500, 503]
    const hook = await receiveWebhooks(environment, app, () => ({ status: statuses.shift() ?? 200 }))
    await environment.sdk.organization.createOrganization('Pied Piper')
    const { body } = await hook.until(() => hook.received.length === 3)
    expect(hook.received.map(({ headers }) => headers['webhook-id'])).toEqual([body.id, body.id, body.id])
    expect(new Set(hook.received.map(({ payload }) => payload)).size).toBe(1)
    await expect
      .poll(async () => {
        const { deliveries } = await environment.control<{ deliveries: Delivery[] }>('GET', '/webhooks')
        return deliveries.filter(({ endpoint }) => endpoint === hook.id).map(({ status }) => status)
      })
      .toEqual([500, 503, 200])
  })

  it('replays an event that the application missed, with the same bytes and a new signature', async () => {
    let down = true
    const hook = await receiveWebhooks(environment, app, () => ({ status: down ? 500 : 200 }))
    await environment.sdk.organization.createOrganization('Raviga')
    const { body, payload } = await hook.until(() => hook.received.length === 4)
    down = false
    hook.forget()
    await environment.control('POST', `/webhooks/events/${body.id}/replay`)
    const again = await hook.until(() => true)
    expect(again.payload).toBe(payload)
    expect(again.headers['webhook-id']).toBe(body.id)
    await expect(environment.control('POST', '/webhooks/events/evt_1/replay')).rejects.toThrow('404')
  })
})
