import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callTool, eras } from './harness/call-tool.js'
import { freePort, mintToken, run, runToEnd, untilReady } from './harness/program.js'

// What the two documents that this project implements promise of a running server.

describe("the .env of the document, with this environment's values", () => {
  let folder: string
  let local: LocalScalekit
  let origin: string
  let token: string
  let end: () => Promise<void>
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'documents-'))
    const port = await freePort()
    origin = `http://localhost:${port}`
    const mcpServerId = 'res_100000000000000000'
    local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: `${origin}/`, mcpServerId })
    const base = `${local.url}/env_100000000000000001`
    await writeFile(
      join(folder, '.env'),
      `# Scalekit Configuration
SCALEKIT_ENV_URL=${base}
SCALEKIT_CLIENT_ID=skc_100000000000000001
SCALEKIT_CLIENT_SECRET=test_local_secret

# Server Configuration
PORT=${port}
EXPECTED_AUDIENCE=${origin}/
PROTECTED_RESOURCE_METADATA='{"authorization_servers":["${base}/resources/${mcpServerId}"],"resource":"${origin}/"}'

# Optional
LOG_LEVEL=info

ADMIN_ORGANIZATION=org_100000000000000000
`,
    )
    const child = run(['serve'], {}, folder)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
    const ended = new Promise((resolve) => child.once('close', resolve))
    end = async () => {
      child.kill()
      await ended
      await local.close()
      await rm(folder, { recursive: true })
    }
    await untilReady(`${origin}/ready`, child, () => output)
    token = await mintToken(
      { localUrl: local.url },
      { subject: 'olivia@yourcompany.example', resource: mcpServerId, client_id: undefined },
    )
  })
  afterAll(() => end())

  test.each(eras)('the official client of %s calls tools at the root path', async (era) => {
    const { items } = await callTool(era, { url: `${origin}/`, token }, 'list_organizations')
    expect(items).toHaveLength(5)
  })

  test('health is what the document says', async () => {
    const response = await fetch(`${origin}/health`)
    expect(response.status).toBe(200)
    const health = (await response.json()) as Record<string, string>
    expect(Object.keys(health)).toEqual(['status', 'timestamp', 'version'])
    expect(health).toMatchObject({ status: 'healthy', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
    expect(new Date(String(health.timestamp)).toISOString()).toBe(health.timestamp)
  })

  test('metadata is at the well-known path of the root, as it was given', async () => {
    const response = await fetch(`${origin}/.well-known/oauth-protected-resource`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toMatchObject({
      resource: `${origin}/`,
      authorization_servers: [expect.stringMatching(/\/resources\/res_100000000000000000$/)],
    })
  })

  /** POST with the headers of curl, which sends any type as acceptable. */
  const curl = (headers: Record<string, string>, body?: string) =>
    new Promise<{ body: string; status: number | undefined; challenge: string | undefined }>(
      (resolve, reject) => {
        const all = { 'user-agent': 'curl/8.14.1', accept: '*/*', ...headers }
        const sent = request(`${origin}/`, { method: 'POST', headers: all }, async (response) => {
          const { statusCode: status, headers } = response
          resolve({ body: await text(response), status, challenge: headers['www-authenticate'] })
        })
        sent.once('error', reject)
        sent.end(body)
      },
    )
  const calls = (name: string, args: object) =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } })

  test('curl calls a tool with a token', async () => {
    const { status, body } = await curl(
      { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      calls('get_organization_details', { organizationId: 'org_100000000000000001' }),
    )
    expect(status).toBe(200)
    expect(body).toContain('Acme Robotics')
  })

  test('curl without a token, or with an invalid one, gets 401 and a challenge', async () => {
    const metadata = `resource_metadata="${origin}/.well-known/oauth-protected-resource"`
    const missing = await curl({})
    expect(missing).toMatchObject({ status: 401, challenge: expect.stringMatching(/^Bearer /) })
    expect(missing.challenge).toContain(metadata)
    const headers = { authorization: 'Bearer invalid-token', 'content-type': 'application/json' }
    const invalid = await curl(headers)
    expect(invalid).toMatchObject({ status: 401, challenge: expect.stringContaining('invalid_token') })
    expect(invalid.challenge).toContain(metadata)
  })

  test('a server at the root path passes every check of the doctor', async () => {
    const { code, stdout } = await runToEnd(['doctor', '--token', token], {}, folder)
    expect(stdout).toMatch(/legacy .*answered/)
    expect(stdout).toContain(`${join(folder, '.env')} sets 8 variables`)
    for (const check of ['env-file', 'configuration', 'credentials', 'registered', 'administrators']) {
      expect(stdout).toMatch(new RegExp(`^ok {6}${check} `, 'm'))
    }
    expect(stdout).toMatch(/^- {5} {2}revocation .*valid until it expires$/m)
    expect(code).toBe(0)
  })
})

test('npm test runs the tests of the greeting server in its own folder', async () => {
  const cwd = new URL('../examples/greeting/', import.meta.url)
  const { stdout } = await promisify(execFile)('npm', ['test', '--', 'test/authentication.test.ts'], { cwd })
  expect(stdout).toMatch(/Tests .*5 passed/)
})

test.each([
  ['docs/guides/operator.md', 'deploy/Dockerfile'],
  ['docs/guides/protect-your-server.md', 'examples/greeting/Dockerfile'],
])('%s builds with %s, by the command at its top', async (guide, dockerfile) => {
  const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8')
  const [, command = ''] = /^#.*?(docker build .+? \.)(?: |$)/m.exec(await read(dockerfile)) ?? []
  expect(command).toMatch(/^docker build/)
  expect(await read(guide)).toContain(command)
  expect(await read(guide)).toContain(dockerfile)
})

test('doctor and the log name MCP_SERVER_ID where clients are sent to the whole environment', async () => {
  const port = await freePort()
  const local = await createLocalScalekit({ port: 0, memory: true })
  const child = run(['serve'], {
    SCALEKIT_ENVIRONMENT_URL: `${local.url}/env_100000000000000001`,
    SCALEKIT_CLIENT_ID: 'skc_100000000000000001',
    SCALEKIT_CLIENT_SECRET: 'test_local_secret',
    ADMIN_CLIENTS: 'skc_100000000000000001',
    AUDIT_FILE: 'none',
    PORT: String(port),
  })
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log += chunk
  })
  await untilReady(`http://localhost:${port}/ready`, child, () => log)
  await expect.poll(() => log).toContain('MCP_SERVER_ID is missing')
  const { code, stdout } = await runToEnd(['doctor'], { PORT: String(port) })
  child.kill()
  await local.close()
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /^failed {2}resource-metadata .*the whole environment.*MCP_SERVER_ID.*PROTECTED_RESOURCE_METADATA/m,
  )
})
