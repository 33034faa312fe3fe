import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { mintToken, type Program, startDev } from '../harness/program.js'
import { images, launchChromium, violations } from './chromium.js'

const PRD = 'env_100000000000000002'
const DEV = 'env_100000000000000001'
const acme = 'org_100000000000000001'
const scopes = ['environment', 'organization'].flatMap((each) => [`${each}:read`, `${each}:write`])

let program: Program
let browser: Browser
let client: Client
beforeAll(async () => {
  program = await startDev()
  browser = await launchChromium()
  // An agent's client that declares nothing.
  client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  const token = await mintToken(program, { scopes, resource: program.url })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(program.url), { requestInit }))
})
afterAll(async () => {
  await client?.close()
  await browser?.close()
  await program?.stop()
})

interface Called {
  readonly result?: Record<string, unknown>
  readonly error?: { readonly code: string; readonly handOff: { readonly id: string; readonly url: string } }
}

async function call(name: string, args: Record<string, unknown>): Promise<Called> {
  const { structuredContent, content } = await client.callTool({ name, arguments: args })
  const [{ text = '' } = {}] = content as { text?: string }[]
  return structuredContent ? { result: structuredContent as Record<string, unknown> } : JSON.parse(text)
}

/** A person in a browser of their own opens the link and signs in. */
async function visit(url: string, email: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('button', { name: email }).click()
  const consent = page.getByRole('button', { name: 'Allow' }).or(page.getByRole('button', { name: 'Deny' }))
  await consent.first().click()
  await page.waitForURL('**/hand-off/**')
  return page
}

const deleteNorthwind = { environmentId: PRD, organizationId: 'org_100000000000000011' }

describe('a confirmation', () => {
  test.each([
    { colorScheme: 'light', viewport: { width: 900, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  ] as const)('is readable: $colorScheme, $viewport.width px', async (options) => {
    const { error } = await call('delete_organization', deleteNorthwind)
    const page = await visit(error?.handOff.url ?? '', 'admin@example.com', options)
    await page.getByRole('heading', { name: 'Delete organization' }).waitFor()
    await page.getByText('Production', { exact: true }).waitFor()
    await page.getByText(/^Signed in as \S+\.$/).waitFor()
    expect(await violations(page)).toEqual([])
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBeLessThanOrEqual(options.viewport.width)
    await page.screenshot({ path: `${images}hand-off-${options.colorScheme}.png` })
  })

  test.each([true, false])(
    'is given by the person who is asked, with script: %s',
    async (javaScriptEnabled) => {
      const name = `With script ${javaScriptEnabled}`
      const { result } = await call('create_organization', { environmentId: PRD, name })
      const organizationId = Object(result?.organization).id
      const args = { environmentId: PRD, organizationId }
      const asked = await call('delete_organization', args)
      const page = await visit(asked.error?.handOff.url ?? '', 'admin@example.com', { javaScriptEnabled })
      await page.getByLabel('To confirm, type the name').fill(name)
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByRole('heading', { name: 'Done' }).waitFor()
      const done = await call('wait_for_hand_off', { handOffId: asked.error?.handOff.id })
      expect(done.result).toMatchObject({ status: 'done', result: { deleted: true } })
      await page.goto(asked.error?.handOff.url ?? '')
      await page.getByRole('heading', { name: 'Done' }).waitFor()
      // The result was given: the same call is another.
      expect((await call('delete_organization', args)).error).toMatchObject({ code: 'not_found' })
    },
  )

  test('is not for another person', async () => {
    const { error } = await call('delete_organization', deleteNorthwind)
    const page = await visit(error?.handOff.url ?? '', 'viewer@example.com')
    expect(await page.textContent('body')).not.toContain('Northwind')
    expect(await page.getByRole('button', { name: 'Confirm' }).count()).toBe(0)
  })
})

describe('a link', () => {
  test('is shown to the person once, and opens what it is for', async () => {
    const args = { environmentId: DEV, organizationId: acme }
    const { error } = await call('generate_admin_portal_link', args)
    const page = await visit(error?.handOff.url ?? '', 'admin@example.com', {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.getByRole('button', { name: 'Create the link' }).click()
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByText('Copied').waitFor()
    const link = await page.evaluate('navigator.clipboard.readText()')
    expect(await page.getByRole('link', { name: 'Open' }).getAttribute('href')).toBe(link)
    expect(await violations(page)).toEqual([])
    await page.getByRole('link', { name: 'Open' }).click()
    await page.getByText('Acme').first().waitFor()
    const { result } = await call('generate_admin_portal_link', args)
    expect(result).toMatchObject({ handedOver: true })
    await page.goto(error?.handOff.url ?? '')
    expect(await page.content()).not.toContain(link)
  })
})

describe('a secret', () => {
  test('is shown to the person once, after the name was typed in production', async () => {
    const args = { environmentId: PRD }
    const { error } = await call('rotate_client_secret', args)
    const page = await visit(error?.handOff.url ?? '', 'admin@example.com')
    await page
      .getByLabel('To confirm, type the name')
      .fill((await page.locator('label code').textContent()) ?? '')
    // The answer to a second click must not replace the page with the secret.
    await page.getByRole('button', { name: 'Create and show it' }).dblclick()
    const lines = (await page.locator('pre').textContent()) ?? ''
    expect(await violations(page)).toEqual([])
    const [, secret = ''] = /^SCALEKIT_CLIENT_SECRET=(\S+)$/m.exec(lines) ?? []
    const form = {
      grant_type: 'client_credentials',
      client_id: 'skc_100000000000000002',
      client_secret: secret,
    }
    const token = await fetch(`${program.localUrl}/${PRD}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    expect(token.status).toBe(200)
    await page.reload()
    expect(await page.content()).not.toContain(secret)
    const { result } = await call('rotate_client_secret', args)
    expect(result).toMatchObject({ handedOver: true })
    expect(JSON.stringify(result) + program.output()).not.toContain(secret)
  })
})

test('a page that nothing waits at says so', async () => {
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  const answer = await page.goto(new URL(`/hand-off/${'x'.repeat(43)}`, program.url).href)
  expect(answer?.status()).toBe(404)
  expect(await page.textContent('h1')).toBe('Nothing waits here')
})
