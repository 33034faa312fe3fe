import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../browser/chromium.js'
import { freePort, type Program, startDev } from '../harness/program.js'
import { authorizationUrl, signIn } from './client-run.js'

const modules = fileURLToPath(new URL('node_modules/', import.meta.url))

let program: Program
let browser: Browser
let home: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'scalekit-clients-'))
  program = await startDev()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await program?.stop()
  rmSync(home, { recursive: true, force: true })
})

/** Whatever a client starts to open a browser does nothing: the test opens the address itself. */
const environment = () => ({ PATH: process.env.PATH ?? '', HOME: home, BROWSER: 'true' })

test('mcp-remote signs in, and carries a call to the server', async () => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(modules, 'mcp-remote/dist/proxy.js'), program.url, String(await freePort())],
    env: environment(),
    stderr: 'pipe',
  })
  let output = ''
  transport.stderr?.on('data', (chunk) => {
    output += chunk
  })
  const client = new Client({ name: 'test', version: '1' })
  const connected = client.connect(transport, { timeout: 60_000 })
  await signIn(browser, await authorizationUrl(() => output))
  await connected
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toContain('list_organizations')
  const called = await client.callTool({ name: 'whoami', arguments: {} })
  expect(JSON.stringify(called.content)).toContain('organization:read')
  await client.close()
})

test('the command line of the MCP Inspector signs in, and lists a page, whose token it sends as a number', async () => {
  const entry = join(modules, '@modelcontextprotocol/inspector/clients/launcher/build/index.js')
  // It needs Node 22 or newer.
  const isNew = Number(process.versions.node.split('.')[0]) >= 22
  const [node = '', ...args] = isNew ? [process.execPath] : ['npx', '-y', '-p', 'node@24', 'node']
  const child = spawn(
    node,
    [
      ...[...args, entry, '--cli', program.url],
      ...['--callback-url', `http://127.0.0.1:${await freePort()}/oauth/callback`],
      ...['--method', 'tools/call', '--tool-name', 'list_organizations'],
      ...['--tool-arg', 'environmentId=env_100000000000000001', '--tool-arg', 'pageToken=1'],
    ],
    {
      env: {
        ...environment(),
        MCP_AUTO_OPEN_ENABLED: 'true',
        npm_config_cache: process.env.npm_config_cache ?? join(home, '.npm'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const ended = new Promise((resolve) => child.once('close', resolve))
  await signIn(browser, await authorizationUrl(() => output))
  expect(await ended, output).toBe(0)
  expect(output).toContain('Acme Robotics')
})
