import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freePort, type LocalProgram, mintToken, startLocalProgram, untilReady } from './harness/program.js'

// The code of the kit's README, as it is written, against the local environment. Each block belongs to the first example.

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'packages/auth/README.md'), 'utf8')
const [example = '', ...others] = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = '']) => code)
const [listen = ''] = /^createHttpServer.*$/m.exec(example) ?? []

/** The only block that has all these words. */
function block(...words: string[]): string {
  const [found, ...more] = others.filter((code) => words.every((word) => code.includes(word)))
  if (found === undefined || more.length > 0) throw new Error(`not one block has ${words.join(', ')}`)
  return found
}

/** With everything that the kit exports. */
const importing = (code: string) =>
  code.replace(
    /import \{.*\} from '@scalekit-mcp\/auth'/,
    `import { callerOf, createHttpServer, errorHandler, mcpAuth, organizationOf } from '@scalekit-mcp/auth'`,
  )

let local: LocalProgram
let folder: string
const children: ChildProcess[] = []

beforeAll(async () => {
  local = await startLocalProgram(['--memory'])
  folder = mkdtempSync(join(tmpdir(), 'kit-snippets-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = child.exitCode ?? child.signalCode ?? once(child, 'close')
    child.kill('SIGKILL')
    await ended
  }
})
afterAll(async () => {
  await local?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function run(code: string, env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const file = join(folder, `${children.length}.mjs`)
  writeFileSync(file, code)
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [file], { env: { PATH, ...env } })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk
    })
  }
  return { child, output: () => output }
}

/** @returns the address at which the program answers */
async function serve(code: string): Promise<string> {
  const port = String(await freePort())
  const { child, output } = run(code, {
    PORT: port,
    SCALEKIT_ENVIRONMENT_URL: `${local.url}/env_100000000000000001`,
  })
  const origin = `http://localhost:${port}`
  await untilReady(`${origin}/.well-known/oauth-protected-resource/mcp`, child, output)
  return origin
}

const token = (claims: object = {}) =>
  mintToken(
    { localUrl: local.url },
    {
      subject: 'ana@acme.example',
      resource: 'res_100000000000000002',
      scopes: ['user:read'],
      ...(Object.keys(claims).length > 0 ? { claims } : {}),
    },
  )

async function call(origin: string, name: string, args: object, bearer?: string): Promise<Response> {
  return fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  })
}

describe('the README of the kit', () => {
  test('its first example serves MCP', async () => {
    const origin = await serve(example)
    expect((await call(origin, 'greet_user', { name: 'Ada' })).status).toBe(401)
    const response = await call(origin, 'greet_user', { name: 'Ada' }, await token())
    expect(await response.text()).toMatch(/Hello Ada, says usr_\d+\./)
  })

  test('its tool reads the organization of the caller, and its route asks for a scope', async () => {
    const db = `const db = { users: { of: async (organization) => ['somebody of ' + organization] } }\n`
    const code = importing(example)
      .replace(
        "tools: { greet_user: ['user:read'] }",
        "tools: { greet_user: ['user:read'], list_colleagues: [] }",
      )
      .replace('  return server\n', `${block('list_colleagues')}\n  return server\n`)
      .replace(listen, `${block('auth.guard(', 'auth.notFound')}\n${listen}`)
    const origin = await serve(`${db}${code}`)
    const listed = await call(origin, 'list_colleagues', {}, await token())
    expect(await listed.text()).toContain('somebody of org_100000000000000001')

    const report = (bearer: string) =>
      fetch(`${origin}/report`, { headers: { authorization: `Bearer ${bearer}` } })
    const refused = await report(await token())
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('scope="user:read report:read"'),
    ])
    const scopes = { scope: 'report:read', scopes: ['report:read'] }
    const served = await report(await token(scopes))
    expect([served.status, await served.json()]).toEqual([200, expect.stringMatching(/^usr_\d+$/)])
    expect(await (await fetch(`${origin}/other`)).json()).toMatchObject({ error: 'not_found' })
  })

  test('its server without Express serves MCP', async () => {
    const origin = await serve(importing(example).replace(listen, block('createHttpServer((req, res)')))
    expect((await call(origin, 'greet_user', { name: 'Ada' })).status).toBe(401)
    const response = await call(origin, 'greet_user', { name: 'Ada' }, await token())
    expect(await response.text()).toMatch(/Hello Ada, says usr_\d+\./)
    expect((await fetch(`${origin}/other`)).status).toBe(404)
  })

  test('its configuration protects an app, or lists what is missing', async () => {
    const before = `import { mcpAuth, readScalekitVariables } from '@scalekit-mcp/auth'
      import express from 'express'
      const app = express()
      const tools = {}
      `
    const code = `${before}${block('readScalekitVariables(process.env)')}console.log('protected')`
    const complete = run(code, {
      SK_ENV_URL: 'https://acme.scalekit.com',
      EXPECTED_AUDIENCE: 'https://mcp.acme.com/mcp',
      MCP_SERVER_ID: 'res_1',
    })
    expect([await once(complete.child, 'close'), complete.output()]).toEqual([[0, null], 'protected\n'])
    const empty = run(code, {})
    expect(await once(empty.child, 'close')).toEqual([1, null])
    expect(empty.output()).toContain('SK_ENV_URL is missing. Set SK_ENV_URL to ')
  })
})

test('every line that the guide explains is in the example', () => {
  const source = join(root, 'examples/greeting/src')
  const files = ['app.ts', ...readdirSync(join(source, 'tools')).map((name) => join('tools', name))]
  const code = files.map((name) => readFileSync(join(source, name), 'utf8')).join('')
  const guide = readFileSync(join(root, 'docs/guides/protect-your-server.md'), 'utf8')
  const [, table = ''] = /## 2\. The lines of[\s\S]*?\n\|---\|---\|\n([\s\S]*?)\n\n/.exec(guide) ?? []
  const lines = table.split('\n').flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)])
  expect(lines.length).toBeGreaterThan(9)
  const plain = (text: string) => text.replace(/\s/g, '')
  const missing = lines
    .flatMap(([, line = '']) => line.split('…'))
    // What ends a call that is longer than the guide shows.
    .filter((part) => /\w/.test(part) && !plain(code).includes(plain(part)))
  expect(missing).toEqual([])
})
