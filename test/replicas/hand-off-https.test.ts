import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { launchChromium } from '../browser/chromium.js'
import { freePort, mintToken, type Program, startDev } from '../harness/program.js'
import { type Certificate, fetchTrusting, issueCertificate } from './certificate.js'
import { type Nginx, startNginx } from './nginx.js'

const PRD = 'env_100000000000000002'

let certificate: Certificate
let program: Program
let nginx: Nginx
let browser: Browser
let origin: string
let client: Client
beforeAll(async () => {
  const [port, tlsPort] = [await freePort(), await freePort()]
  origin = `https://localhost:${tlsPort}`
  const resource = `${origin}/mcp`
  certificate = issueCertificate()
  // The authorization server reads the client metadata document of this server through nginx.
  const env = { NODE_EXTRA_CA_CERTS: certificate.authority, TRUST_PROXY: '1' }
  program = await startDev({ port, args: ['--resource', resource], env })
  nginx = await startNginx(tlsPort, [port], certificate)
  browser = await launchChromium()
  const scopes = ['organization:read', 'organization:write', 'environment:read']
  const token = await mintToken(program, { scopes, resource })
  client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(
    new StreamableHTTPClientTransport(new URL(resource), {
      fetch: fetchTrusting(certificate),
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  )
})
afterAll(async () => {
  await client?.close()
  await browser?.close()
  await nginx?.stop()
  await program?.stop()
  certificate?.remove()
})

async function call(name: string, args: Record<string, unknown>) {
  const { structuredContent, content } = await client.callTool({ name, arguments: args })
  return structuredContent ?? JSON.parse((content as { text?: string }[])[0]?.text ?? '')
}

test('behind a proxy with TLS a person signs in by the client metadata document, and confirms a call', async () => {
  const created = await call('create_organization', { environmentId: PRD, name: 'Behind TLS' })
  const args = { environmentId: PRD, organizationId: created.organization.id }
  const { handOff } = (await call('delete_organization', args)).error
  expect(handOff.url).toBe(`${origin}/hand-off/${handOff.id}`)
  const document = await fetchTrusting(certificate)(`${origin}/hand-off/client.json`)
  expect(await document.json()).toMatchObject({ application_type: 'web' })

  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const authorizing = page.waitForRequest((request) => request.url().includes('/oauth/authorize?'))
  await page.goto(handOff.url)
  const asked = new URL((await authorizing).url()).searchParams
  expect(Object.fromEntries(asked)).toMatchObject({
    client_id: `${origin}/hand-off/client.json`,
    redirect_uri: `${origin}/hand-off/callback`,
    resource: `${origin}/mcp`,
  })
  await page.getByRole('button', { name: 'admin@example.com' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByLabel('To confirm, type the name').fill('Behind TLS')

  const cookies = (await context.cookies(origin)).filter(({ name }) => name.includes('hand-off'))
  expect(cookies.map(({ name }) => name)).toContain('__Host-hand-off-session')
  for (const cookie of cookies) {
    expect(cookie).toMatchObject({
      name: expect.stringMatching(/^__Host-hand-off-/),
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
      domain: 'localhost',
    })
  }

  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('heading', { name: 'Done' }).waitFor()
  expect(await call('delete_organization', args)).toMatchObject({ deleted: true })
})
