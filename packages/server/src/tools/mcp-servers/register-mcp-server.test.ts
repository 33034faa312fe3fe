import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, untilReady } from '../../../../../test/harness/program.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('register_mcp_server over %s', (era) => {
  test('registers the server, and its metadata leads a client to an authorization server that knows it', async () => {
    const url = `https://notes-${era}.example.com/mcp`
    const { result } = await server.call(era, 'register_mcp_server', {
      environmentId,
      name: 'Notes',
      url,
      scopes: ['notes:read', 'notes:write'],
    })
    const { mcpServer, setup } = result as { mcpServer: { id: string }; setup: Record<string, string> }
    const { resource } = await server.read(`resources/${mcpServer.id}`, environmentId)
    expect(resource).toMatchObject({ resource_id: url, name: 'Notes', resource_type: 'MCP_SERVER' })

    expect(setup.metadataUrl).toBe(
      `https://notes-${era}.example.com/.well-known/oauth-protected-resource/mcp`,
    )
    const metadata = JSON.parse(setup.metadata ?? '{}')
    expect(metadata).toMatchObject({ resource: url, scopes_supported: ['notes:read', 'notes:write'] })
    const issuer = metadata.authorization_servers[0]
    const found = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
    expect(await found.json()).toMatchObject({ issuer, code_challenge_methods_supported: ['S256'] })
    expect(setup.environmentVariables).toContain(`EXPECTED_AUDIENCE='${url}'\n`)
    expect(setup.express).toContain(mcpServer.id)
    expect(setup.challenge).toBe(
      `WWW-Authenticate: Bearer realm="mcp", resource_metadata="${setup.metadataUrl}", scope="notes:read notes:write"`,
    )
    const keys = await (await fetch(setup.keysUrl ?? '')).json()
    expect(keys).toMatchObject({ keys: [{ kty: 'RSA' }] })
    const token = await server.token({ resource: url, scopes: ['notes:read'], subject: 'ana@acme.example' })
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims.iss).toBe(setup.issuer)
    expect([claims.aud].flat()).toContain(url)
  })

  test('refuses an address of Scalekit itself, whose tokens would be for its API', async () => {
    const url = `${server.local.url}/${environmentId}`
    for (const refused of [url, `${url}/mcp`, `${new URL(url).origin}/workspace`]) {
      const { error } = await server.call(era, 'register_mcp_server', {
        environmentId,
        name: 'X',
        url: refused,
      })
      expect(error).toMatchObject({
        code: 'invalid_arguments',
        message: 'Scalekit refused url',
      })
    }
  })

  test('refuses a second server with the same URL', async () => {
    const { error } = await server.call(era, 'register_mcp_server', {
      environmentId,
      name: 'Twice',
      url: 'http://localhost:3003/mcp',
    })
    expect(error).toMatchObject({ code: 'already_exists' })
  })

  test.each([
    'mcp.example.com/mcp',
    'http://mcp.example.com/mcp',
    'https://user@mcp.example.com/mcp',
    'https://mcp.example.com/mcp#x',
    'https://mcp.example.com/mcp?x=1',
    'https://MCP.example.com/mcp',
    'javascript:alert(1)',
    'https://mcp.example.com/$(touch$IFS.pwned)',
    "https://mcp.example.com/';touch",
    'https://mcp.example.com/`id`',
  ])('refuses the URL %j before anything is asked', async (url) => {
    const before = await server.upstreamRequests()
    const { error } = await server.call(
      era,
      'register_mcp_server',
      { environmentId, name: 'X', url },
      { token: await server.token() },
    )
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringMatching(/^url: /) })
    expect(await server.upstreamRequests()).toBe(before)
  })
})

test('the code for Express runs as it is, and its tool answers', async () => {
  const port = String(await freePort())
  const url = `http://localhost:${port}/mcp`
  const { result } = await server.call('2026-07-28', 'register_mcp_server', {
    environmentId,
    name: 'Runs',
    url,
    scopes: ['notes:read'],
  })
  const { setup } = result as { setup: Record<string, string> }
  const folder = mkdtempSync(join(tmpdir(), 'registered-'))
  // Where `setup.install` would put the packages.
  symlinkSync(
    fileURLToPath(new URL('../../../../../node_modules', import.meta.url)),
    join(folder, 'node_modules'),
  )
  writeFileSync(join(folder, 'server.mjs'), setup.express ?? '')
  const child = spawn(process.execPath, ['server.mjs'], { cwd: folder, env: {} })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  try {
    await untilReady(setup.metadataUrl ?? '', child, () => output)
    expect(await (await fetch(setup.metadataUrl ?? '')).json()).toMatchObject({
      resource: url,
      scopes_supported: ['notes:read'],
    })
    const post = (headers: Record<string, string>) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{}}}',
      })
    expect((await post({})).status).toBe(401)
    const token = await server.token({ resource: url, scopes: ['notes:read'], subject: 'ana@acme.example' })
    const response = await post({ authorization: `Bearer ${token}` })
    expect(await response.text()).toMatch(/"text":"usr_\d+"/)
    expect(output).toBe('')
  } finally {
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
})
