import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { callerIfAny, createHttpServer, type McpAuth } from '@scalekit-mcp/auth'
import { createLocalScalekit } from '@scalekit-mcp/local'
import express, { type Express } from 'express'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Customize, startIssuer } from '../packages/auth/test/issuer-server.js'
import { freePort, type LocalProgram, mintToken, startLocalProgram, untilReady } from './harness/program.js'

// The code of the kit's README and of its guide, as it is written. Programs run against the local environment, each block as a part of
// the first example; the lines for other issuers, public tools and calls on behalf of the user run in an app of this process.

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'packages/auth/README.md'), 'utf8')
const guide = readFileSync(join(root, 'docs/guides/protect-your-server.md'), 'utf8')
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
      .replace(listen, `${block('auth.guard(', 'auth.challenge')}\n${listen}`)
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

  test('its server on the Fetch API serves MCP and a route', async () => {
    const [createServer = ''] = /^function createServer\(\) \{[\s\S]*?\n\}\n/m.exec(example) ?? []
    const [options = ''] = /mcpAuth\((\{[\s\S]*?\n\})\)/.exec(example)?.slice(1) ?? []
    const code = block('@scalekit-mcp/auth/fetch', 'export default')
      .replace(
        'import {',
        `import { McpServer } from '@modelcontextprotocol/server'\nimport * as z from 'zod'\nimport {`,
      )
      .replace('const auth =', `const options = ${options}\n${createServer}\nconst auth =`)
      .replace('export default', 'const app =')
    const origin = await serve(`import { serve } from '@hono/node-server'
      ${code}
      serve({ fetch: app.fetch, port: Number(process.env.PORT) })`)
    expect((await call(origin, 'greet_user', { name: 'Ada' })).status).toBe(401)
    const response = await call(origin, 'greet_user', { name: 'Ada' }, await token())
    expect(await response.text()).toMatch(/Hello Ada, says usr_\d+\./)
    const report = async (bearer: string) =>
      fetch(`${origin}/report`, { headers: { authorization: `Bearer ${bearer}` } })
    expect((await report(await token())).status).toBe(403)
    const served = await report(await token({ scope: 'report:read', scopes: ['report:read'] }))
    expect([served.status, await served.json()]).toEqual([200, expect.stringMatching(/^usr_\d+$/)])
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

/** The code of a section, up to the next heading. */
function snippetOf(section: string): string {
  const [, after = ''] = readme.split(`\n## ${section}\n`)
  const [, code = ''] = /```js\n(.*?)```/s.exec(after.split('\n## ')[0] ?? '') ?? []
  expect(code).not.toBe('')
  return code
}

/** Runs code of the documentation, with addresses of this machine in place of its own. Returns what it declares. */
async function runSnippet(
  code: string,
  places: Readonly<Record<string, string>>,
  given: Record<string, unknown>,
  declared: readonly string[],
): Promise<Record<string, unknown>> {
  let text = code
  for (const [place, value] of Object.entries(places)) {
    expect(text).toContain(place)
    text = text.replaceAll(place, value)
  }
  const names = Object.keys(given).join(', ')
  const file = join(root, `packages/auth/snippet-${crypto.randomUUID()}.mjs`)
  onTestFinished(() => rmSync(file))
  writeFileSync(
    file,
    `import { callerIfAny, mcpAuth } from '@scalekit-mcp/auth'
export function run({ ${names} }) {
${text}
return { ${declared.join(', ')} }
}`,
  )
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    run: (given: object) => Record<string, unknown>
  }
  return module.run(given)
}

async function startHost(): Promise<{ app: Express; url: string }> {
  const app = express()
  const server = createHttpServer(app)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return { app, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` }
}

async function answerTo(url: string, method: string, params: object, token?: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  return `${response.status} ${await response.text()}`
}

/** As Okta's: client in `cid`, a list in `scp`, no `typ`. As Auth0's: client in `azp`, type JWT, no `jti`. */
const forms: Readonly<Record<'okta' | 'auth0', Customize>> = {
  okta(jwt) {
    const { client_id, scope, ...payload } = jwt.payload
    jwt.header = { typ: undefined }
    jwt.payload = { ...payload, cid: client_id, scp: String(scope).split(' '), org_id: 'org_7' }
  },
  auth0(jwt) {
    const { client_id, jti: _jti, ...payload } = jwt.payload
    jwt.header = { typ: 'JWT' }
    jwt.payload = { ...payload, azp: client_id, org_id: 'org_7' }
  },
}

test.each([
  ['okta', '/oauth2/default', 'https://acme.okta.com/oauth2/default'],
  ['auth0', '/', 'https://acme.eu.auth0.com/'],
] as const)('the lines for another issuer accept its tokens: %s', async (family, path, documented) => {
  const issuer = await startIssuer(path, 'user:read', forms[family])
  onTestFinished(() => issuer.close())
  const { app, url } = await startHost()
  const tools = { whoami: ['user:read'] }
  if (family === 'okta') {
    const places = { 'https://mcp.acme.com/mcp': url, [documented]: issuer.issuer }
    await runSnippet(snippetOf('Other issuers'), places, { app, tools }, [])
  } else {
    const [, line = ''] = /`(mcpAuth\(\{ resource, issuers.*?\}\))`/s.exec(guide) ?? []
    const given = { app, tools, resource: url, scopes: ['user:read'] }
    await runSnippet(`app.use(${line})`, { [documented]: issuer.issuer }, given, [])
  }
  app.post('/mcp', (req, res) => {
    const { organizationId, clientId } = callerIfAny(req) ?? {}
    res.json({ organization: organizationId, client: clientId })
  })
  const params = { name: 'whoami', arguments: {} }
  const token = await issuer.token(url, 'user:read')
  expect(await answerTo(url, 'tools/call', params, token)).toBe(
    '200 {"organization":"org_7","client":"robot"}',
  )
  expect(await answerTo(url, 'tools/call', params)).toMatch(/^401/)
})

test('the lines for public tools let a stranger search, and greet nobody', async () => {
  const { app, url } = await startHost()
  const options = { resource: url, issuers: ['http://localhost:9'], scopes: [] }
  const { searchDocs } = await runSnippet(snippetOf('Public tools'), {}, { app, options }, ['searchDocs'])
  app.post('/mcp', async (_req, res) => {
    res.json(await (searchDocs as (context: object) => unknown)({}))
  })
  const search = await answerTo(url, 'tools/call', { name: 'search_docs', arguments: {} })
  expect(search).toBe('200 {"content":[{"type":"text","text":"Documentation for a stranger"}]}')
  expect(await answerTo(url, 'tools/call', { name: 'greet_user', arguments: {} })).toMatch(/^401/)
})

test('the lines for calls on behalf of the user reach the other service with a token for it', async () => {
  const environment = 'env_100000000000000001'
  const [greeting, notes] = ['res_100000000000000002', 'res_100000000000000000']
  const { app, url } = await startHost()
  const authorizations: (string | undefined)[] = []
  const service = createServer((req, res) => {
    authorizations.push(req.headers.authorization)
    res.end('Buy milk')
  })
  await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening))
  const api = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const local = await createLocalScalekit({ memory: true, port: 0 })
  onTestFinished(async () => {
    service.closeAllConnections()
    service.close()
    await local.close()
  })
  const set = (id: string, values: object) =>
    local.database.db.updateTable('resources').set(values).where('id', '=', id).execute()
  const scopes = JSON.stringify(['notes:read'])
  await set(greeting, { url, data: JSON.stringify({ may_exchange_for: { [notes]: ['notes:read'] } }) })
  await set(notes, { url: `${api}/mcp`, scopes })
  await fetch(`${local.url}/${environment}/keys`)

  const options = {
    resource: url,
    scalekit: { environmentUrl: `${local.url}/${environment}`, resourceId: greeting },
    scopes: [],
    tools: { list_notes: ['user:read'] },
  }
  const places = {
    'skc_…': 'skc_100000000000000001',
    'process.env.SK_CLIENT_SECRET': "'test_local_secret'",
    'https://notes.acme.com': api,
  }
  const snippet = snippetOf('Calls on behalf of the user')
  const { auth, listNotes } = await runSnippet(snippet, places, { app, options }, ['auth', 'listNotes'])
  onTestFinished(() => (auth as McpAuth).close())
  app.post('/mcp', async (req, res) => {
    const context = { authInfo: (req as { auth?: object }).auth }
    res.json(await (listNotes as (context: object) => unknown)(context))
  })
  const minted = await fetch(`${local.url}/__local/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scalekit-local': '1' },
    body: JSON.stringify({ subject: 'ana@acme.example', resource: greeting, scopes: ['user:read'] }),
  })
  const { access_token } = (await minted.json()) as { access_token: string }
  const answer = await answerTo(url, 'tools/call', { name: 'list_notes', arguments: {} }, access_token)
  expect(answer).toBe('200 {"content":[{"type":"text","text":"Buy milk"}]}')
  const [, payload = ''] = authorizations[0]?.split('.') ?? []
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    aud: [`${api}/mcp`, notes],
    sub: 'usr_100000000000000101',
    scope: 'notes:read',
  })
})
