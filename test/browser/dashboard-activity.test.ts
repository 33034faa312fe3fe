import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit } from '@scalekit-sdk/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { images, launchChromium, violations } from './chromium.js'

const DEV = 'env_100000000000000001'
const ACME = 'org_100000000000000001'
const CLIENT = 'skc_100000000000000001'
const SECRET = 'test_local_secret'

let local: LocalScalekit
let browser: Browser
let sdk: Scalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
  browser = await launchChromium()
})
beforeEach(async () => {
  await local.reset()
  sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT, SECRET)
})
afterAll(async () => {
  await browser?.close()
  await local?.close()
})

describe.each([
  ['light', 1280],
  ['dark', 390],
] as const)('in %s, %d px wide', (colorScheme, width) => {
  /** Opens a page of the dashboard; axe has to find nothing, and nothing may be wider than the screen. */
  async function open(path: string): Promise<Page> {
    const context = await browser.newContext({
      colorScheme,
      bypassCSP: true,
      viewport: { width, height: 800 },
    })
    const page = await context.newPage()
    await page.goto(local.url + path)
    await look(page)
    return page
  }

  async function look(page: Page): Promise<void> {
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  }

  test('a call of the SDK is found by its path, shown without its token, and sent again', async () => {
    await sdk.organization.createOrganization('Wayne Tools', { externalId: 'wayne' })
    const page = await open('/dashboard/requests')
    await page.getByLabel('Path contains').fill('CreateOrganization')
    await page.getByRole('button', { name: 'Filter' }).click()
    // The first call has no token yet, and is refused.
    await page
      .getByRole('link', { name: /CreateOrganization/ })
      .first()
      .click()
    await page.getByText('CreateOrganizationRequest').waitFor()
    const text = await page.locator('main').innerText()
    expect(text).toContain('"displayName": "Wayne Tools"')
    expect(text).toContain('authorization: [hidden]')
    expect(text).not.toContain('eyJ')
    await look(page)
    await page.screenshot({ path: `${images}dashboard-request-${colorScheme}.png`, fullPage: true })
    const first = page.url()
    await page.getByRole('button', { name: 'Send it again' }).click()
    await page.waitForURL((url) => url.href !== first && url.pathname.startsWith('/dashboard/requests/req_'))
    // It has the same external id, so the API refuses it this time.
    const calls = (await requests()).requests.filter(({ path }) => path.endsWith('/CreateOrganization'))
    expect(calls).toHaveLength(3)
    const { organizations } = await sdk.organization.listOrganization({ pageSize: 30 })
    expect(organizations.filter(({ displayName }) => displayName === 'Wayne Tools')).toHaveLength(1)
    await page.context().close()
  })

  test('requests are filtered by method, status and realm, and hold no secret', async () => {
    await fetch(`${local.url}/${DEV}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: CLIENT,
        client_secret: 'this is wrong',
      }),
    })
    await fetch(`${local.url}/workspace/keys`)
    const page = await open('/dashboard/requests')
    await page.getByLabel('Status').selectOption('4xx')
    await page.getByRole('button', { name: 'Filter' }).click()
    expect(await page.getByRole('row').count()).toBe(2)
    await page.getByRole('link', { name: /oauth\/token/ }).click()
    const text = await page.locator('main').innerText()
    expect(text).toContain('client_secret=[hidden]')
    expect(text).toContain('"error": "invalid_client"')
    expect(text).not.toContain('this is wrong')
    await page.goto(`${local.url}/dashboard/requests?realm=workspace`)
    expect(await page.getByRole('link', { name: '/workspace/keys' }).count()).toBe(1)
    expect(await page.getByRole('link', { name: /oauth\/token/ }).count()).toBe(0)
    await page.context().close()
  })

  test('an access token shows its claims, and the API refuses it once it is revoked', async () => {
    await sdk.organization.listOrganization({ pageSize: 10 })
    const page = await open('/dashboard/tokens')
    await page.getByRole('link', { name: /^tkn_/ }).click()
    expect(await page.locator('pre').innerText()).toContain(`"client_id": "${CLIENT}"`)
    await look(page)
    await page.screenshot({ path: `${images}dashboard-token-${colorScheme}.png`, fullPage: true })
    await page.getByRole('button', { name: /^Revoke/ }).click()
    await page.getByText('revoked').waitFor()
    const { requests: before } = await requests()
    // The SDK gets a new token by itself, because the old one is refused.
    await sdk.organization.listOrganization({ pageSize: 10 })
    const { requests: after } = await requests()
    expect(after.slice(before.length).some(({ path }) => path.endsWith('/oauth/token'))).toBe(true)
    await page.context().close()
  })

  test('an API token and a session are listed and ended', async () => {
    const { token } = await sdk.token.createToken(ACME, { description: 'for the warehouse' })
    const page = await open('/dashboard/tokens')
    await page.getByRole('row', { name: /apit_/ }).getByRole('button').click()
    await page.getByText('No application has made an API token').waitFor()
    await expect(sdk.token.validateToken(token)).rejects.toThrow()
    await page.context().close()
  })

  test('the outbox shows how a webhook was delivered, and sends it again', async () => {
    const received: string[] = []
    const answers = [500, 204, 204]
    const endpoint = createServer((request, response) => {
      received.push(String(request.headers['webhook-id']))
      response.writeHead(answers[received.length - 1] ?? 204).end()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => endpoint.once('listening', resolve))
    await fetch(`${local.url}/__local/webhooks`, {
      method: 'POST',
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      body: JSON.stringify({
        environment: DEV,
        url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hook`,
      }),
    })
    await sdk.organization.createOrganization('Wayne Tools')
    await expect.poll(() => received.length).toBe(2)
    const page = await open('/dashboard/outbox?kind=webhook')
    const card = page.getByRole('listitem').filter({ hasText: 'organization.created' }).first()
    expect(await card.innerText()).toMatch(/500\s+attempt 1[\s\S]*204\s+attempt 2/)
    await page.screenshot({ path: `${images}dashboard-outbox-${colorScheme}.png` })
    await card.getByRole('button', { name: 'Send it again' }).click()
    await expect.poll(() => received.length).toBe(3)
    expect(new Set(received).size).toBe(1)
    endpoint.close()
    await page.context().close()
  })

  test('the clock is moved, set and put back, and a fault meets the next call', async () => {
    const page = await open('/dashboard/testing')
    await page.getByRole('button', { name: 'A day later' }).click()
    await page.getByText('which is not the time of the machine').waitFor()
    expect(local.now() - Date.now()).toBeGreaterThan(86_000_000)
    await page.getByLabel('Set it to').fill('2031-05-06T07:08')
    await page.getByRole('button', { name: 'Set', exact: true }).click()
    expect(new Date(local.now()).toISOString()).toMatch(/^2031-05-06T07:08/)
    await page.getByRole('button', { name: 'Back to the time of the machine' }).click()
    expect(Math.abs(local.now() - Date.now())).toBeLessThan(5_000)

    await page.getByLabel('Start of the path').fill('ListOrganization')
    await page.getByLabel('What goes wrong').selectOption('Limit with 429')
    await page.getByRole('button', { name: 'Add the fault' }).click()
    await page.getByText('0 of 1').waitFor()
    await look(page)
    await page.screenshot({ path: `${images}dashboard-testing-${colorScheme}.png`, fullPage: true })
    await expect(sdk.organization.listOrganization({ pageSize: 10 })).rejects.toThrow()
    await sdk.organization.listOrganization({ pageSize: 10 })
    await page.getByLabel('For how many requests').fill('0')
    await page.getByRole('button', { name: 'Add the fault' }).click()
    await page.getByRole('button', { name: /^Delete flt_/ }).click()
    await page.getByText('Nothing goes wrong on purpose.').waitFor()
    await page.context().close()
  })

  test('the reset is red, asks first, and puts everything back', async () => {
    await sdk.organization.deleteOrganization(ACME)
    const page = await open('/dashboard/reset')
    const button = page.getByRole('button', { name: 'Reset everything' })
    const [red = 0, green = 0, blue = 0] =
      (
        await button.evaluate(
          (element) =>
            (
              globalThis as unknown as { getComputedStyle(of: unknown): { backgroundColor: string } }
            ).getComputedStyle(element).backgroundColor,
        )
      )
        .match(/\d+/g)
        ?.map(Number) ?? []
    expect(red).toBeGreaterThan(Math.max(green, blue))
    await button.click()
    expect((await sdk.organization.getOrganization(ACME)).organization?.id).toBe(ACME)
    await page.context().close()
  })

  async function requests(): Promise<{ requests: { path: string }[] }> {
    const response = await fetch(`${local.url}/__local/requests`, { headers: { 'x-scalekit-local': '1' } })
    return (await response.json()) as { requests: { path: string }[] }
  }
})
