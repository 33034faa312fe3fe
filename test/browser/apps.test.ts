import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { build } from 'esbuild'
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from '../../packages/server/test/server-under-test.js'
import { images, launchChromium, violations } from './chromium.js'

const environmentId = 'env_100000000000000001'
const hostile = '<img src="https://evil.example/x" onerror="parent.broken=1">'

interface Meta {
  readonly ui: { readonly resourceUri: string }
}

/** Views of results in a host page with the official bridge, on results of the real server. */
describe.each(['light', 'dark'] as const)('views of results in Chromium, %s', (theme) => {
  let server: ServerUnderTest
  let client: Client
  let browser: Browser
  let host: Server
  let page: Page
  let frame: Frame
  const calls: unknown[] = []
  const requests: string[] = []
  const problems: string[] = []

  beforeAll(async () => {
    server = await startServerUnderTest()
    for (const name of [hostile, 'Ümlaut & Söhne']) {
      const created = await server.call('2026-07-28', 'create_organization', { environmentId, name })
      expect(created.error).toBeUndefined()
    }
    const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } }
    client = new Client(
      { name: 'test', version: '1' },
      { capabilities: { extensions }, versionNegotiation: { mode: 'auto' } },
    )
    const headers = { authorization: `Bearer ${await server.token()}` }
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } }))
    host = await startHost()
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await new Promise((closed) => host?.close(closed))
    await client?.close()
    await server?.close()
  })

  beforeEach(async () => {
    for (const list of [calls, requests, problems]) list.length = 0
    page = await open()
  })

  async function open(): Promise<Page> {
    const context = await browser.newContext({
      colorScheme: theme,
      viewport: { width: 860, height: 520 },
    })
    const opened = await context.newPage()
    opened.on('request', (request) => requests.push(request.url()))
    opened.on('pageerror', (error) => problems.push(error.message))
    opened.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await opened.exposeFunction(
      'callTool',
      (params: { name: string; arguments: Record<string, unknown> }) => {
        calls.push(params)
        return client.callTool(params)
      },
    )
    await opened.goto(`http://localhost:${(host.address() as AddressInfo).port}/`)
    return opened
  }

  /** Shows the result of a call as a client does: reads the view that the tool names, and hands the result over. */
  async function show(tool: string, args: Record<string, unknown>): Promise<void> {
    const { tools } = await client.listTools()
    const meta = tools.find(({ name }) => name === tool)?._meta as Meta | undefined
    const { contents } = await client.readResource({ uri: meta?.ui.resourceUri ?? '' })
    const [content] = contents
    const html = content && 'text' in content ? content.text : ''
    const result = await client.callTool({ name: tool, arguments: args })
    await page.evaluate(
      (view) => (globalThis as unknown as { showView(view: object): Promise<void> }).showView(view),
      { html, tool, args, result, theme },
    )
    const [, child] = page.frames()
    if (!child) throw new Error('there is no frame')
    frame = child
    await frame.locator('h1').waitFor()
    await expect.poll(() => frame.textContent('body')).not.toContain('Waiting')
  }

  const cells = (column: number) => frame.locator(`tbody td:nth-child(${column})`).allTextContents()

  test('a table, page by page through the client, and back without a call', async () => {
    await show('list_organizations', { environmentId, pageSize: 2 })
    const first = await cells(1)
    expect(first).toHaveLength(2)
    expect(await frame.getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true)
    const seen = [...first]
    while (await frame.getByRole('button', { name: 'Next' }).isEnabled()) {
      const before = await frame.getByRole('status').textContent()
      await frame.getByRole('button', { name: 'Next' }).click()
      await expect.poll(() => frame.getByRole('status').textContent()).not.toBe(before)
      seen.push(...(await cells(1)))
    }
    const { structuredContent } = await client.callTool({
      name: 'list_organizations',
      arguments: { environmentId, pageSize: 100 },
    })
    const { items } = structuredContent as { items: { displayName: string }[] }
    expect(seen).toEqual(items.map(({ displayName }) => displayName))
    expect(calls).toHaveLength(Math.ceil(items.length / 2) - 1)
    expect(calls[0]).toEqual({
      name: 'list_organizations',
      arguments: { environmentId, pageSize: 2, pageToken: expect.any(String) },
    })
    await frame.getByRole('button', { name: 'Previous' }).click()
    expect(calls).toHaveLength(Math.ceil(items.length / 2) - 1)
    expect(problems).toEqual([])
  })

  test('what is in a result is text, whatever it says; nothing is loaded', async () => {
    await show('list_organizations', { environmentId })
    expect(await cells(1)).toEqual(expect.arrayContaining([hostile, 'Ümlaut & Söhne', 'Acme Robotics']))
    expect(await frame.locator('img').count()).toBe(0)
    expect(await page.evaluate(() => (globalThis as { broken?: number }).broken)).toBeUndefined()
    expect(
      requests.filter((url) => !url.startsWith('http://localhost:') && !url.startsWith('about:')),
    ).toEqual([])
    expect(await violations(frame)).toEqual([])
    await page.screenshot({ path: `${images}view-organizations-${theme}.png` })
  })

  test.each([
    [
      'list_organization_users',
      { environmentId, organizationId: 'org_100000000000000001' },
      'ana@acme.example',
    ],
    ['list_environment_connections', { environmentId }, 'PASSWORDLESS'],
    [
      'list_organization_connections',
      { environmentId, organizationId: 'org_100000000000000001' },
      'acme-okta',
    ],
    ['list_mcp_servers', { environmentId }, 'http://localhost:3003/mcp'],
  ])('%s is a table', async (tool, args, cell) => {
    await show(tool, args)
    expect((await frame.locator('td').allTextContents()).join('\n')).toContain(cell)
    expect(await violations(frame)).toEqual([])
    expect(problems).toEqual([])
  })

  test('a connection is a card with its status', async () => {
    await show('get_connection', {
      environmentId,
      organizationId: 'org_100000000000000001',
      connectionId: 'conn_100000000000000002',
    })
    const card = await frame.locator('dl').innerText()
    expect(card).toMatch(/Status\s+DRAFT/)
    expect(card).toMatch(/Enabled\s+No/)
    expect(await violations(frame)).toEqual([])
    await page.screenshot({ path: `${images}view-connection-${theme}.png` })
  })

  test('a failure is told', async () => {
    await show('get_connection', { environmentId, connectionId: 'conn_999' })
    expect(await frame.textContent('[role=status]')).toMatch(/no such|not found|has no/i)
  })

  test('keeps its policy in force, and ends when the client says so', async () => {
    await show('list_organizations', { environmentId })
    expect(await cells(1)).toContain('Acme Robotics')
    expect(problems).toEqual([])
    const refused = await frame.evaluate(() =>
      fetch('https://evil.example/').then(
        () => false,
        () => true,
      ),
    )
    expect(refused).toBe(true)
    expect(problems.join()).toMatch(/Content Security Policy/i)
    expect(
      await page.evaluate(() => (globalThis as unknown as { teardown(): Promise<unknown> }).teardown()),
    ).toEqual({})
  })
})

/** A page with a frame that has no origin and no rights but scripts. */
async function startHost(): Promise<Server> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('./apps-host.js', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
  })
  const [script] = bundle.outputFiles
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>
<style>body { margin: 16px; color-scheme: light dark } iframe { width: 100%; border: 1px solid #888; border-radius: 8px }</style>
<iframe title="View" sandbox="allow-scripts"></iframe><script type="module" src="/host.js"></script></html>`
  const server = createServer((req, res) => {
    const isScript = req.url === '/host.js'
    res.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    res.end(isScript ? script?.text : html)
  })
  await new Promise<void>((listening) => server.listen(0, listening))
  return server
}
