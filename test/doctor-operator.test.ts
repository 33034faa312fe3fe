import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, inTime, runToEnd } from './harness/program.js'

interface Finding {
  readonly check: string
  readonly state: string
  readonly text: string
  readonly fix?: string
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Asks again where the API missed its deadline on a busy machine. */
function examine(env: Record<string, string>, ...args: string[]): Promise<Record<string, Finding>> {
  return inTime(
    () => examineOnce(env, ...args),
    (found) =>
      Object.values(found).some(({ text }) => /could not be reached|API of Scalekit did not/.test(text)),
  )
}

async function examineOnce(env: Record<string, string>, ...args: string[]): Promise<Record<string, Finding>> {
  const { stdout, stderr } = await runToEnd(['doctor', ...args, '--json'], env, folder)
  expect(stderr).toBe('')
  expect(stdout).not.toContain('test_local_secret')
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  return Object.fromEntries(findings.map((finding) => [finding.check, finding]))
}

describe('scalekit-mcp doctor, where the server is configured', () => {
  let local: LocalScalekit
  let url: string
  let settings: Record<string, string>
  beforeAll(async () => {
    // Nothing listens there: what the operator checks needs the configuration and Scalekit only.
    url = `http://localhost:${await freePort()}/mcp`
    const mcpServerId = 'res_100000000000000000'
    local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: url, mcpServerId })
    const environment = `${local.url}/env_100000000000000001`
    settings = {
      SCALEKIT_ENV_URL: environment,
      SCALEKIT_CLIENT_ID: 'skc_100000000000000001',
      SCALEKIT_CLIENT_SECRET: 'test_local_secret',
      ADMIN_ORGANIZATION: 'org_100000000000000000',
      ADMIN_ROLES: 'admin',
      EXPECTED_AUDIENCE: url,
      MCP_SERVER_ID: mcpServerId,
      INTROSPECTION_URL: `${environment}/oauth/introspect`,
    }
  })
  afterAll(() => local.close())

  test('finds the configuration in order', async () => {
    const { configuration, credentials, registered, administrators, revocation } = await examine(settings)
    for (const finding of [configuration, credentials, registered, administrators, revocation]) {
      expect(finding).toMatchObject({ state: 'ok' })
    }
    expect(administrators?.text).toBe('one active member of org_100000000000000000 with the role admin')
    expect(registered?.text).toContain('res_100000000000000000')
  })

  test('counts every active member where no role is asked for, and names clients', async () => {
    const { ADMIN_ROLES: _, ...all } = settings
    const { administrators } = await examine({ ...all, ADMIN_CLIENTS: 'm2m_1' })
    expect(administrators).toMatchObject({
      state: 'ok',
      text: '2 active members of org_100000000000000000, and the clients m2m_1',
    })
  })

  test.each<[string, string, Record<string, string>, RegExp]>([
    [
      'an organization that does not exist',
      'administrators',
      { ADMIN_ORGANIZATION: 'org_999' },
      /^ADMIN_ORGANIZATION is org_999, which this environment does not have$/,
    ],
    [
      'an organization without members',
      'administrators',
      { ADMIN_ORGANIZATION: 'org_100000000000000004' },
      /^org_100000000000000004 has no active member|^none of the/,
    ],
    [
      'a role that nobody has',
      'administrators',
      { ADMIN_ROLES: 'superadmin' },
      /^none of the 2 active members of org_100000000000000000 has what ADMIN_ROLES asks for: with the role superadmin$/,
    ],
    [
      'a permission that nobody has',
      'administrators',
      { ADMIN_PERMISSION: 'no:such' },
      /ADMIN_PERMISSION asks for: with the role admin and the permission no:such$/,
    ],
    [
      'a wrong secret',
      'credentials',
      { SCALEKIT_CLIENT_SECRET: 'wrong' },
      /^Scalekit refuses skc_100000000000000001 \(401 invalid_client\)$/,
    ],
    [
      'an MCP server that is registered with another URL',
      'registered',
      { MCP_SERVER_ID: 'res_100000000000000002' },
      /^res_100000000000000002 is registered with the URL http:\/\/localhost:3003\/mcp/,
    ],
    [
      'an MCP server that does not exist',
      'registered',
      { MCP_SERVER_ID: 'res_999' },
      /^res_100000000000000000 is the MCP server with the URL .* clients are sent to res_999/,
    ],
    [
      'introspection that is not there',
      'revocation',
      { INTROSPECTION_URL: 'http://localhost:1/introspect' },
      /does not answer \(\w+\), so every write is refused$/,
    ],
    [
      'a configuration that is not complete',
      'configuration',
      { ADMIN_ORGANIZATION: '', PORT: 'x' },
      /ADMIN_ORGANIZATION is missing.*PORT: /s,
    ],
  ])('names %s', async (_, check, changes, says) => {
    const finding = (await examine({ ...settings, ...changes }))[check]
    expect(finding).toMatchObject({ state: 'failed', fix: expect.any(String) })
    expect(finding?.text).toMatch(says)
  })

  test('names two MCP servers with one URL', async () => {
    const state = `${local.url}/__local/state`
    const headers = { 'x-scalekit-local': '1', 'content-type': 'application/json' }
    const seed = await (await fetch(state, { headers })).text()
    const changed = await fetch(state, {
      method: 'PUT',
      headers,
      body: seed.replaceAll('http://localhost:3003/mcp', `${url}/`),
    })
    expect([changed.status, await changed.text()]).toEqual([200, expect.anything()])
    expect((await examine(settings)).registered).toMatchObject({
      state: 'failed',
      text: expect.stringMatching(
        /res_100000000000000000 and res_100000000000000002|res_100000000000000002 and/,
      ),
    })
    expect((await fetch(state, { method: 'PUT', headers, body: seed })).status).toBe(200)
  })

  test('names a URL of the environment where something else answers, or nothing', async () => {
    const page = createServer((_, res) => res.setHeader('content-type', 'text/html').end('<html>'))
    page.listen(0, '127.0.0.1')
    await once(page, 'listening')
    const { port } = page.address() as AddressInfo
    const { MCP_SERVER_ID: _, ...others } = settings
    const at = async (origin: string) =>
      (await examineOnce({ ...others, SCALEKIT_ENV_URL: `${origin}/env_100000000000000001` })).credentials
    expect(await at(`http://localhost:${port}`)).toMatchObject({
      state: 'failed',
      text: 'the token endpoint answered with 200, and not as OAuth does',
      fix: expect.stringContaining('SCALEKIT_ENV_URL'),
    })
    page.close()
    expect(await at(`http://localhost:${await freePort()}`)).toMatchObject({
      state: 'failed',
      text: 'Scalekit could not be reached for a token.',
      fix: expect.stringContaining('SCALEKIT_ENV_URL'),
    })
  })

  test('says nothing of a server that is configured elsewhere', async () => {
    const found = await examine(settings, `http://localhost:${await freePort()}/mcp`)
    expect(Object.keys(found)).toEqual(['env-file', 'reach'])
  })
})

describe('.env, to the doctor', () => {
  const report = async (text: string, env: Record<string, string> = {}) => {
    await writeFile(join(folder, '.env'), text)
    const found = await examine(env, 'http://localhost:1/mcp')
    await rm(join(folder, '.env'))
    return found['env-file']
  }

  test('is named where it is not there', async () => {
    const { 'env-file': finding } = await examine({}, 'http://localhost:1/mcp')
    expect(finding).toMatchObject({
      state: 'ok',
      text: `there is no ${join(folder, '.env')}: only variables of the environment are read`,
    })
  })

  test('says what counts, and never a value', async () => {
    const finding = await report('PORT=3010\nLOG_LEVEL=warn\nOPENAI_API_KEY=sk-secret\n', { PORT: '3011' })
    expect(finding?.state).toBe('ok')
    expect(finding?.text).toBe(
      `${join(folder, '.env')} sets 1 variables; the environment has another value for PORT, which wins; this program does not read OPENAI_API_KEY`,
    )
  })

  test('names a variable that nothing reads although it looks like one of ours', async () => {
    const finding = await report(
      'EXPECTED_AUDIANCE=https://mcp.acme.com/mcp\nSCALEKIT_URL=https://secret.example\n',
    )
    expect(finding).toMatchObject({
      state: 'failed',
      text: `nothing reads EXPECTED_AUDIANCE, SCALEKIT_URL of ${join(folder, '.env')}`,
      fix: expect.stringContaining('docs/reference/configuration.md'),
    })
  })
})
