import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchChromium } from '../browser/chromium.js'
import { freePort, type LocalProgram, startLocalProgram } from '../harness/program.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const guide = readFileSync(join(root, 'docs/guides/web-app.md'), 'utf8')

let folder: string
let local: LocalProgram
let app: ChildProcess
let origin: string
let browser: Browser
let context: BrowserContext
let page: Page
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'web-app-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'app.mjs'), block('js', '// app.mjs'))
  local = await startLocalProgram(['--memory'])
  origin = `http://localhost:${await freePort()}`
  await registerRedirects()
  const SCALEKIT_ENVIRONMENT_URL = `${local.url}/env_100000000000000001`
  const env = { ...process.env, SCALEKIT_ENVIRONMENT_URL, ORIGIN: origin }
  app = spawn(process.execPath, ['app.mjs'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(app.stdout as NodeJS.ReadableStream, 'data')
  browser = await launchChromium()
})
beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
})
afterEach(() => context.close())
afterAll(async () => {
  await browser?.close()
  app?.kill()
  await local?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The guide's one block in a language that has a text. */
function block(language: string, part: string): string {
  const blocks = [...guide.matchAll(new RegExp(`\`\`\`${language}\\n(.+?)\`\`\``, 'gs'))]
  const [found, ...others] = blocks.map(([, text = '']) => text).filter((text) => text.includes(part))
  if (found === undefined || others.length > 0) throw new Error(`not one block has ${part}`)
  return found
}

/** Runs the guide's commands, with the addresses of this test. */
async function registerRedirects(): Promise<void> {
  const script = block('sh', 'post_login_uris')
    .replace('http://localhost:8787', local.url)
    .replaceAll('http://localhost:4000', origin)
  const { stdout } = await promisify(execFile)('bash', ['-euc', script])
  expect(JSON.parse(stdout).client.post_login_uris).toEqual([`${origin}/auth/callback`])
}

/** What the page of the application shows. */
const shown = async () => JSON.parse((await page.textContent('body')) ?? '')
const continueAs = (email: string) => page.getByRole('button', { name: email }).click()

test('Ana signs in, sees what the guide says, and signs out', async () => {
  await page.goto(origin)
  await continueAs('ana@acme.example')
  await page.waitForURL(`${origin}/`)
  expect(await shown()).toEqual(JSON.parse(block('json', 'usr_')))
  await page.goto(`${origin}/logout`)
  await page.getByRole('button', { name: 'ana@acme.example' }).waitFor()
})

test('Chi switches to the organization of the link', async () => {
  await page.goto(`${origin}/login?prompt=select_account&organizationId=org_100000000000000002`)
  await continueAs('chi@globex.example')
  await page.waitForURL(`${origin}/`)
  expect(await shown()).toMatchObject({ organization: 'org_100000000000000002' })
})

test('with the identity provider simulator, an address and an organization lead there, and a user is created', async () => {
  await page.goto(`${local.url}/dashboard/env_100000000000000001/organizations/org_100000000000000001`)
  await page.getByRole('link', { name: 'Create portal link' }).click()
  await page.getByRole('button', { name: 'Create portal link' }).click()
  const [portal] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('link', { name: 'Open the admin portal' }).click(),
  ])
  await portal.getByRole('button', { name: 'Connect the identity provider simulator' }).click()
  await portal.getByRole('link', { name: 'Test the connection' }).waitFor()
  for (const query of ['loginHint=somebody@acme.example', 'organizationId=org_100000000000000001']) {
    await page.goto(`${origin}/login?${query}`)
    await page.getByRole('heading', { name: 'Identity provider simulator' }).waitFor()
  }
  await page.locator('input[name="email"]').fill('dora@acme.example')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${origin}/`)
  expect(await shown()).toMatchObject({ organization: 'org_100000000000000001' })
})

test('the lines about PKCE sign in at a client that requires it', async () => {
  const lines = block('js', 'codeChallenge').split('// in the callback')
  const code = `import { Scalekit } from '@scalekit-sdk/node'
    const scalekit = new Scalekit('${local.url}/env_100000000000000001', 'skc_100000000000000001', 'test_local_secret')
    const [callback, state] = ['${origin}/auth/callback', 'a-state']
    ${lines[0]}
    console.log(JSON.stringify({ url, codeVerifier }))`
  const run = async (text: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text], {
      cwd: root,
    })
    return stdout
  }
  const { url, codeVerifier } = JSON.parse(await run(code))
  await page.route(`${origin}/**`, (route) => route.fulfill({ body: 'callback' }))
  await page.goto(url)
  await continueAs('ana@acme.example')
  await page.waitForURL(/code=/)
  const authorizationCode = new URL(page.url()).searchParams.get('code')
  const redeem = `import { Scalekit } from '@scalekit-sdk/node'
    const scalekit = new Scalekit('${local.url}/env_100000000000000001', 'skc_100000000000000001', 'test_local_secret')
    const [callback, code, codeVerifier] = ['${origin}/auth/callback', '${authorizationCode}', '${codeVerifier}']
    const { user } = ${lines[1]?.trim()}
    console.log(user.email)`
  expect((await run(redeem)).trim()).toBe('ana@acme.example')
})
