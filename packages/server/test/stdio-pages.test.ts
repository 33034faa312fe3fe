import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RawRequest, requestBytes, sendRaw } from '../../auth/test/raw-http.js'

const entry = fileURLToPath(new URL('../bin/scalekit-mcp.js', import.meta.url))
const ENVIRONMENT = 'env_100000000000000001'
const CLIENT = { id: 'skc_100000000000000001', secret: 'test_local_secret' }

let local: LocalScalekit
let client: Client
let page: URL
let organizationId: string
beforeAll(async () => {
  local = await createLocalScalekit({ port: 0, memory: true })
  client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  const env = {
    PATH: process.env.PATH ?? '',
    SCALEKIT_ENV_URL: `${local.url}/${ENVIRONMENT}`,
    SCALEKIT_CLIENT_ID: CLIENT.id,
    SCALEKIT_CLIENT_SECRET: CLIENT.secret,
    AUDIT_FILE: 'none',
  }
  const args = [entry, 'stdio', '--scopes', 'organization:read organization:write']
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }))
  const { organization } = await sdk().organization.createOrganization('Guarded')
  organizationId = organization?.id ?? ''
  page = new URL((await call('delete_organization', { organizationId })).error.handOff.url)
})
afterAll(async () => {
  await client?.close()
  await local?.close()
})

const sdk = () => new Scalekit(`${local.url}/${ENVIRONMENT}`, CLIENT.id, CLIENT.secret)

/** A busy machine may leave a call no time. */
async function call(name: string, args: Record<string, unknown>) {
  for (;;) {
    const { content } = await client.callTool({ name, arguments: args })
    const answer = JSON.parse((content as { text?: string }[])[0]?.text ?? '')
    if (!/^upstream_/.test(answer.error?.code)) return answer
  }
}

type Headers = Readonly<Record<string, string>>
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** The form of the page, confirmed, as the person's browser sends it. */
async function confirmed(): Promise<string> {
  const html = await (await fetch(page)).text()
  const inputs = html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)
  const fields = Object.fromEntries([...inputs].map(([, name, value]) => [name, value]))
  return String(new URLSearchParams({ ...fields, name: 'Guarded', decision: 'confirm' }))
}

async function send(request: Partial<RawRequest>, headers: Headers = {}, body = ''): Promise<number> {
  const all = Object.entries({ host: page.host, ...headers })
  const bytes = requestBytes({
    method: 'POST',
    path: page.pathname,
    headers: all,
    body: Buffer.from(body),
    ...request,
  })
  return (await sendRaw(Number(page.port), bytes)).status
}

test.each<[string, Headers, number]>([
  ['the host localhost', { ...FORM, host: 'localhost:{port}' }, 404],
  ['the host of a web page', { ...FORM, host: 'attacker.example:{port}' }, 404],
  ['a host without a port', { ...FORM, host: '127.0.0.1' }, 404],
  ['the origin of a web page', { ...FORM, origin: 'https://attacker.example' }, 404],
  ['the origin null', { ...FORM, origin: 'null' }, 404],
  ['the origin of another program', { ...FORM, origin: 'http://127.0.0.1:1' }, 404],
  ['JSON', { 'content-type': 'application/json' }, 403],
  ['text', { 'content-type': 'text/plain' }, 403],
  ['no type', {}, 403],
])('a form with %s confirms nothing', async (_, headers, status) => {
  const { port } = page
  const filled = Object.entries(headers).map(([name, value]) => [name, value.replace('{port}', port)])
  expect(await send({}, Object.fromEntries(filled), await confirmed())).toBe(status)
  expect((await sdk().organization.getOrganization(organizationId)).organization?.id).toBe(organizationId)
})

test.each<[string, Readonly<Record<string, string>>, number]>([
  ['without the token of the page', { token: '' }, 403],
  ['with another token', { token: 'x' }, 403],
  ['with another digest', { digest: 'x' }, 422],
  ['with another name', { name: 'Unguarded' }, 422],
  ['that is too long', { pad: 'x'.repeat(20_000) }, 403],
])('a form %s confirms nothing', async (_, changes, status) => {
  const form = new URLSearchParams(await confirmed())
  for (const [name, value] of Object.entries(changes)) form.set(name, value)
  expect(await send({}, FORM, String(form))).toBe(status)
  expect((await sdk().organization.getOrganization(organizationId)).organization?.id).toBe(organizationId)
})

test.each(['/', '/hand-off/', `/hand-off/${'a'.repeat(43)}`, '/hand-off/callback', '/mcp'])(
  'nothing is at %s',
  async (path) => {
    expect(await send({ method: 'GET', path })).toBe(404)
  },
)

test('the form of the page confirms the call, once', async () => {
  const form = await confirmed()
  const headers = { ...FORM, origin: page.origin }
  expect(await Promise.all([send({}, headers, form), send({}, headers, form)])).toEqual([200, 200])
  const handOffId = page.pathname.split('/').at(-1)
  expect(await call('wait_for_hand_off', { handOffId })).toMatchObject({
    status: 'done',
    result: { deleted: true },
  })
})
