import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { message } from '../../packages/server/src/cli/doctor/message.js'
import { launchChromium } from '../browser/chromium.js'
import { ClientApp } from '../harness/client-app.js'
import { type Program, startDev } from '../harness/program.js'

const scopes = ['workspace', 'environment', 'organization'].flatMap((each) => [
  `${each}:read`,
  `${each}:write`,
])

let program: Program
let browser: Browser
beforeAll(async () => {
  program = await startDev({ args: ['--mode', 'environment'] })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await program?.stop()
})

/** A user of the environment signs in with the official client and Chromium, and allows every scope of the server. */
async function signIn(email: string): Promise<{ token: string; client: Client; connected: Promise<void> }> {
  const app = new ClientApp()
  const transport = () => new StreamableHTTPClientTransport(new URL(program.url), { authProvider: app })
  const client = () => new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  const first = transport()
  await expect(client().connect(first)).rejects.toThrow()
  const url = new URL(String(app.authorizationUrl))
  url.searchParams.set('scope', scopes.join(' '))

  const context = await browser.newContext()
  const page = await context.newPage()
  await page.route('http://127.0.0.1:33418/**', (route) => route.fulfill({ body: 'back at the client' }))
  await page.goto(url.href)
  await page.getByRole('button', { name: email }).click()
  const consent = page.getByRole('button', { name: 'Allow' })
  await consent.waitFor()
  for (const scope of scopes) expect(await page.textContent('body')).toContain(scope)
  await consent.click()
  await page.waitForURL('http://127.0.0.1:33418/**')
  await first.finishAuth(new URL(page.url()).searchParams)
  await context.close()
  expect(String(app.saved?.scope).split(' ').sort()).toEqual([...scopes].sort())

  const own = client()
  return { token: String(app.saved?.access_token), client: own, connected: own.connect(transport()) }
}

describe("a member of a customer's organization in a browser, with every scope allowed", () => {
  test.each(['ana@acme.example', 'sam@yourcompany.example'])('%s gets past no request', async (email) => {
    const { token, connected } = await signIn(email)
    await expect(connected).rejects.toThrow(/403/)
    const requests: [method: string, params?: Record<string, unknown>][] = [
      ['tools/list'],
      ['tools/call', { name: 'list_organizations', arguments: {} }],
      ['tools/call', { name: 'create_organization', arguments: { name: 'Mine' } }],
      ['resources/list'],
      ['resources/templates/list'],
      ['resources/read', { uri: 'scalekit://environments/env_100000000000000001' }],
      ['prompts/list'],
      ['prompts/get', { name: 'onboard_customer', arguments: {} }],
      [
        'completion/complete',
        {
          ref: { type: 'ref/resource', uri: 'scalekit://environments/{environmentId}' },
          argument: { name: 'environmentId', value: 'env' },
        },
      ],
    ]
    for (const era of ['2026-07-28', '2025-11-25'] as const) {
      for (const [method, params = {}] of requests) {
        const response = await fetch(program.url, message(era, method, params, token))
        expect(response.status).toBe(403)
        expect(await response.json()).toMatchObject({ error: 'not_an_administrator' })
      }
    }
  })
})

describe("a member of the operator's organization with the role", () => {
  test('reads and writes', async () => {
    const { client, connected } = await signIn('olivia@yourcompany.example')
    await connected
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('create_organization')
    const { structuredContent } = await client.callTool({
      name: 'create_organization',
      arguments: { name: 'Ours' },
    })
    expect(structuredContent).toMatchObject({ organization: { displayName: 'Ours' } })
    await client.close()
  })
})
