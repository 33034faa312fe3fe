import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { callerIfAny, createHttpServer, type protect } from '@scalekit-mcp/auth'
import { createLocalScalekit } from '@scalekit-mcp/local'
import express, { type Express } from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { type Customize, startIssuer } from '../packages/auth/test/issuer-server.js'

const readme = new URL('../packages/auth/README.md', import.meta.url)
const guide = new URL('../docs/guides/protect-your-server.md', import.meta.url)

/** The code of a section, up to the next heading. */
function snippetOf(section: string): string {
  const [, after = ''] = readFileSync(readme, 'utf8').split(`\n## ${section}\n`)
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
  const file = new URL(`../packages/auth/snippet-${crypto.randomUUID()}.mjs`, import.meta.url)
  onTestFinished(() => rmSync(file))
  writeFileSync(
    file,
    `import { callerIfAny, protect, Secret } from '@scalekit-mcp/auth'
export function run({ ${names} }) {
${text}
return { ${declared.join(', ')} }
}`,
  )
  const module = (await import(/* @vite-ignore */ file.href)) as {
    run: (given: object) => Record<string, unknown>
  }
  return module.run(given)
}

async function listen(): Promise<{ app: Express; url: string }> {
  const app = express()
  const server = createHttpServer(app)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return { app, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` }
}

async function call(url: string, method: string, params: object, token?: string): Promise<string> {
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
  const { app, url } = await listen()
  const tools = { whoami: ['user:read'] }
  if (family === 'okta') {
    const places = { 'https://mcp.acme.com/mcp': url, [documented]: issuer.issuer }
    await runSnippet(snippetOf('Other issuers'), places, { app, tools }, [])
  } else {
    const [, line = ''] =
      /`(protect\(app, \{ resource, issuers.*?\}\))`/s.exec(readFileSync(guide, 'utf8')) ?? []
    const given = { app, tools, resource: url, scopes: ['user:read'] }
    await runSnippet(line, { [documented]: issuer.issuer }, given, [])
  }
  app.post('/mcp', (req, res) => {
    const { organizationId, clientId } = callerIfAny(req) ?? {}
    res.json({ organization: organizationId, client: clientId })
  })
  const params = { name: 'whoami', arguments: {} }
  const token = await issuer.token(url, 'user:read')
  expect(await call(url, 'tools/call', params, token)).toBe('200 {"organization":"org_7","client":"robot"}')
  expect(await call(url, 'tools/call', params)).toMatch(/^401/)
})

test('the lines for public tools let a stranger search, and greet nobody', async () => {
  const { app, url } = await listen()
  const options = { resource: url, issuers: ['http://localhost:9'], scopes: [] }
  const { searchDocs } = await runSnippet(snippetOf('Public tools'), {}, { app, options }, ['searchDocs'])
  app.post('/mcp', async (_req, res) => {
    res.json(await (searchDocs as (context: object) => unknown)({}))
  })
  const search = await call(url, 'tools/call', { name: 'search_docs', arguments: {} })
  expect(search).toBe('200 {"content":[{"type":"text","text":"Documentation for a stranger"}]}')
  expect(await call(url, 'tools/call', { name: 'greet_user', arguments: {} })).toMatch(/^401/)
})

test('the lines for calls on behalf of the user reach the other service with a token for it', async () => {
  const environment = 'env_100000000000000001'
  const [greeting, notes] = ['res_100000000000000002', 'res_100000000000000000']
  const { app, url } = await listen()
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
  const { protection, listNotes } = await runSnippet(snippet, places, { app, options }, [
    'protection',
    'listNotes',
  ])
  onTestFinished(() => (protection as ReturnType<typeof protect>).close())
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
  const answer = await call(url, 'tools/call', { name: 'list_notes', arguments: {} }, access_token)
  expect(answer).toBe('200 {"content":[{"type":"text","text":"Buy milk"}]}')
  const [, payload = ''] = authorizations[0]?.split('.') ?? []
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    aud: [`${api}/mcp`, notes],
    sub: 'usr_100000000000000101',
    scope: 'notes:read',
  })
})
