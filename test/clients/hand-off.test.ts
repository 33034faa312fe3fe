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

const proxy = fileURLToPath(new URL('node_modules/mcp-remote/dist/proxy.js', import.meta.url))
const PRD = 'env_100000000000000002'

let program: Program
let browser: Browser
let home: string
let client: Client
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'scalekit-clients-'))
  program = await startDev()
  browser = await launchChromium()
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [proxy, `${program.url}?access=write`, String(await freePort())],
    env: { PATH: process.env.PATH ?? '', HOME: home, BROWSER: 'true' },
    stderr: 'pipe',
  })
  let output = ''
  transport.stderr?.on('data', (chunk) => {
    output += chunk
  })
  client = new Client({ name: 'test', version: '1' })
  const connected = client.connect(transport, { timeout: 60_000 })
  await signIn(browser, await authorizationUrl(() => output))
  await connected
})
afterAll(async () => {
  await client?.close()
  await browser?.close()
  await program?.stop()
  rmSync(home, { recursive: true, force: true })
})

async function call(name: string, args: Record<string, unknown>) {
  const { content } = await client.callTool({ name, arguments: args })
  return JSON.parse((content as { text?: string }[])[0]?.text ?? '')
}

test('through mcp-remote, which asks nobody, a person confirms a call at the page, and the client waits for it', async () => {
  const { organization } = await call('create_organization', { environmentId: PRD, name: 'Proxied' })
  const { error } = await call('delete_organization', {
    environmentId: PRD,
    organizationId: organization.id,
  })
  expect(error).toMatchObject({ code: 'person_needed', handOff: { url: expect.any(String) } })
  const waiting = call('wait_for_hand_off', { handOffId: error.handOff.id })

  const page = await (await browser.newContext()).newPage()
  await page.goto(error.handOff.url)
  await page.getByRole('button', { name: 'admin@example.com' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByLabel('To confirm, type the name').fill('Proxied')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('heading', { name: 'Done' }).waitFor()
  await page.context().close()

  // It waits for 25 seconds at most, and a busy machine may take longer for the page.
  let answer = await waiting
  while (/^(waiting|running)$/.test(answer.status)) {
    answer = await call('wait_for_hand_off', { handOffId: error.handOff.id })
  }
  expect(answer).toMatchObject({ status: 'done', result: { deleted: true } })
})
