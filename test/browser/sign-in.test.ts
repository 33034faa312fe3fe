import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ClientApp } from '../harness/client-app.js'
import { type Program, startDev } from '../harness/program.js'
import { images, launchChromium, violations } from './chromium.js'

let program: Program
let browser: Browser
beforeAll(async () => {
  program = await startDev()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await program?.stop()
})

describe.each(['light', 'dark'] as const)('the sign-in in Chromium, %s', (colorScheme) => {
  test('goes from the client over the pages back to the client, by keyboard, and axe finds nothing', async () => {
    const app = new ClientApp()
    const transport = new StreamableHTTPClientTransport(new URL(program.url), { authProvider: app })
    const first = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
    await expect(first.connect(transport)).rejects.toThrow()

    // The pages' own policy forbids foreign scripts; only axe needs it lifted, and the policy is tested below.
    const context = await browser.newContext({
      colorScheme,
      bypassCSP: true,
      viewport: { width: 900, height: 760 },
    })
    const page = await context.newPage()
    const messages: string[] = []
    page.on('console', (message) => messages.push(message.text()))
    const callback = new Promise<URL>((resolve) => {
      void page.route('http://127.0.0.1:33418/**', (route) => {
        resolve(new URL(route.request().url()))
        return route.fulfill({ body: 'back at the client' })
      })
    })
    await page.goto(String(app.authorizationUrl))
    expect(await violations(page)).toEqual([])
    await page.screenshot({ path: `${images}sign-in-${colorScheme}.png` })

    const admin = page.getByRole('button', { name: /admin@example\.com/ })
    await admin.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /allow/i }).waitFor()
    expect(await page.textContent('body')).toContain('127.0.0.1')
    expect(await violations(page)).toEqual([])
    await page.screenshot({ path: `${images}consent-${colorScheme}.png` })

    await page.getByRole('button', { name: /allow/i }).focus()
    await page.keyboard.press('Enter')
    const url = await callback
    expect(url.searchParams.get('iss')).toBe(`${program.localUrl}/workspace/resources/res_100000000000000001`)
    await transport.finishAuth(url.searchParams)
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new StreamableHTTPClientTransport(new URL(program.url), { authProvider: app }))
    const { structuredContent } = await client.callTool({ name: 'list_environments', arguments: {} })
    expect(structuredContent).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ type: 'DEV' })]),
    })
    expect(messages).toEqual([])
    await client.close()
    await context.close()
  })
})

test('under its own policy the page loads no script, and the browser still returns to the client', async () => {
  const app = new ClientApp()
  const transport = new StreamableHTTPClientTransport(new URL(program.url), { authProvider: app })
  await expect(new Client({ name: 'test', version: '1' }).connect(transport)).rejects.toThrow()
  const context = await browser.newContext({ javaScriptEnabled: true })
  const page = await context.newPage()
  await page.route('http://127.0.0.1:33418/**', (route) => route.fulfill({ body: 'back at the client' }))
  const response = await page.goto(String(app.authorizationUrl))
  expect(response?.headers()['content-security-policy']).toMatch(/default-src 'none'/)
  expect(await page.locator('script').count()).toBe(0)
  await page.getByRole('button', { name: /admin@example\.com/ }).click()
  await page.getByRole('button', { name: /deny/i }).click()
  await page.waitForURL('http://127.0.0.1:33418/**')
  expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied')
  await context.close()
})
