import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '../../packages/local/test/oauth/browser.js'
import { type LocalProgram, startLocalProgram } from '../harness/program.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs/guides/local-environment.md'), 'utf8')
const run = promisify(execFile)

let local: LocalProgram
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scalekit-documented-'))
  local = await startLocalProgram(['--memory'])
})
afterAll(async () => {
  await local?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The page's block in a language that holds a text, with the address of the environment that runs here. */
function block(language: string, part: string): string {
  const blocks = [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.+?)\`\`\``, 'gs'))].map(
    ([, text = '']) => text,
  )
  const [found, ...others] = blocks.filter((text) => text.includes(part))
  if (found === undefined || others.length > 0) throw new Error(`not one block has ${part}`)
  return found.replaceAll('http://localhost:8787', local.url)
}

/** Runs it as an ES module of this project. */
async function runModule(code: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: root })
  return stdout.trim()
}

test('every curl command of the guide to the local environment is answered with what it says', async () => {
  const script = `set -euo pipefail\ncurl() { command curl -sS --fail-with-body "$@"; echo; }\n${block('sh', '$L/reset')}`
  const { stdout } = await run('bash', ['-c', script])
  const [token, fault, clock, outbox, requests, reset, ...others] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(token).toMatchObject({ access_token: expect.stringMatching(/^eyJ/) })
  expect(fault).toBeTruthy()
  expect(clock).toBeTruthy()
  expect(outbox).toBeTruthy()
  expect(requests).toBeTruthy()
  expect(reset).toEqual({ status: 'reset' })
  expect(others).toEqual([])
})

test('the commands of the guide enable ways to sign in, add a domain, and call the API as a user', async () => {
  const parts = ['"type":"PASSWORD"', '/domains', 'roles/admin/permissions'].map((part) => block('sh', part))
  const curl = `set -euo pipefail\ncurl() { command curl -sS --fail-with-body "$@"; echo; }`
  const { stdout } = await run('bash', ['-c', [curl, ...parts].join('\n')])
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(answers.filter(({ enabled }) => enabled)).toHaveLength(3)
  expect(answers.at(-1)).toMatchObject({ organization: { id: 'org_100000000000000001' } })

  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'skc_100000000000000001', scope: 'openid' },
    redirect_uri: 'http://localhost:3000/auth/callback',
  })
  const { page } = await new Browser().follow(`${local.url}/env_100000000000000001/oauth/authorize?${query}`)
  for (const text of ['Or with a password', 'passkey', 'Continue with Google']) expect(page).toContain(text)
})

test("the guide's SDK lines list what it says", async () => {
  const code = block('js', 'new Scalekit(')
  const [, names] = /\n\/\/ (.+)\n$/.exec(code) ?? []
  const printed = `import { Scalekit } from '@scalekit-sdk/node'\n${code}\nconsole.log(organizations.map(({ displayName }) => displayName).join(', '))`
  expect(await runModule(printed)).toBe(names)
})

test('over TLS the pages are there for curl, and the printed command gets a token', async () => {
  const secure = await startLocalProgram(['--tls', '--data', folder])
  const [, certificate = ''] = /NODE_EXTRA_CA_CERTS=(\S+)\n/.exec(secure.output()) ?? []
  const { stdout: status } = await run('curl', [
    ...['-sS', '-o', '/dev/null', '-w', '%{http_code}', '--cacert', certificate, secure.url],
  ])
  expect(status).toBe('200')
  const [, command = ''] = /A token for curl: +(.+)\n/.exec(secure.output()) ?? []
  const { stdout: token } = await run('bash', ['-c', command], { cwd: root })
  expect(token).toMatch(/^eyJ/)
  await secure.stop()
})

test('a reader of the output may leave early', async () => {
  const { stderr } = await run('bash', ['-c', 'npx scalekit-mcp tools | true'], { cwd: root })
  expect(stderr).not.toContain('EPIPE')
})

test('the lines of the guide for agents call a tool, and list what a user has connected', async () => {
  const sdk = `import { Scalekit } from '@scalekit-sdk/node'\n${block('js', 'new Scalekit(')}`
  expect(await runModule(`${sdk}\n${block('js', 'executeTool')}`)).toContain(
    "[ 'Quarterly review', 'Invoice 1042' ]",
  )
  const [before = '', after = ''] = block('js', 'listScopedTools').split(/\n(?=\/\/ Open)/)
  const link = await runModule(`${sdk}\n${before}\nconsole.log(link)`)
  const browser = new Browser()
  const { url, page = '' } = await browser.follow(link)
  expect((await browser.submit(url, page, { account: 'user', answer: 'allow' })).page).toContain(
    'Account connected',
  )
  const names = "console.log(tools.map(({ tool }) => tool.definition.name).join(', '))"
  const [, listed] = /\n\/\/ (gmail.+)\n$/.exec(after) ?? []
  expect(await runModule(`${sdk}\n${after}\n${names}`)).toBe(listed)
})

test('the lines of the guide call the API of a provider through the proxy', async () => {
  const sdk = `import { Scalekit } from '@scalekit-sdk/node'\n${block('js', 'new Scalekit(')}`
  const code = block('js', 'actions.request')
  const [, data] = /\n\/\/ (\{.+)\n$/.exec(code) ?? []
  const print = `import { inspect } from 'node:util'\nconsole.log(inspect(data, { breakLength: Infinity }))`
  expect(await runModule(`${sdk}\n${code}\n${print}`)).toBe(data)
})

test('the commands of the guide make an MCP server of a configuration, with the accounts that a user has to connect', async () => {
  const [create = '', accounts = ''] = block('sh', 'config.mcp_server_url').split(/\n\n(?=# the )/)
  const curl = `set -euo pipefail\ncurl() { command curl -sS --fail-with-body "$@"; echo; }`
  const { stdout: created } = await run('bash', ['-c', `${curl}\n${create}`])
  const { config } = JSON.parse(created)
  expect(config.mcp_server_url).toContain('/mcp/v3/servers/')
  const [setup = ''] = create.split('\n\n')
  const { stdout: listed } = await run('bash', [
    '-c',
    `${curl}\n${setup}\n${accounts.replace('cfg_…', config.id)}`,
  ])
  expect(JSON.parse(listed).connected_accounts).toEqual([
    expect.objectContaining({
      connection_name: 'gmail',
      authentication_link: expect.stringContaining(local.url),
    }),
  ])
})

test('the commands of the guide for agents make the provider fail', async () => {
  const [setup = ''] = block('sh', '$L/reset').split('\n')
  const script = `set -euo pipefail\ncurl() { command curl -sS --fail-with-body "$@"; echo; }\n${setup}\n${block('sh', '/tools/gmail_fetch_mails')}`
  const { stdout } = await run('bash', ['-c', script])
  const answers = stdout.trim().split('\n')
  expect(answers.map((line) => JSON.parse(line))).toEqual([
    { id: expect.stringMatching(/^flt_/) },
    { status: 'revoked' },
    { mode: 'custom' },
  ])
})
