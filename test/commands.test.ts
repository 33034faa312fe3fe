import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Scalekit } from '@scalekit-sdk/node'
import { describe, expect, test } from 'vitest'
import { freePort, inTime, run, runToEnd, startDev, startLocalProgram } from './harness/program.js'

describe('scalekit-mcp serve', () => {
  test('names every missing variable at once, and what to set, and ends with 78', async () => {
    const { code, stdout, stderr } = await runToEnd(['serve'])
    expect(code).toBe(78)
    expect(stdout).toBe('')
    for (const name of ['SCALEKIT_ENV_URL (or SK_ENV_URL)', 'SCALEKIT_CLIENT_ID', 'SCALEKIT_CLIENT_SECRET']) {
      expect(stderr).toContain(name)
    }
    expect(stderr).not.toContain('    at ')
  })

  test('does not start in environment mode before a rule says who administers it', async () => {
    const { code, stderr } = await runToEnd(['serve'], {
      SCALEKIT_ENV_URL: 'https://acme.scalekit.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
    })
    expect(code).toBe(78)
    expect(stderr).toContain('ADMIN_ORGANIZATION is missing')
    for (const name of ['ADMIN_ROLES', 'ADMIN_PERMISSION', 'ADMIN_CLIENTS']) expect(stderr).toContain(name)
  })

  test('names every wrong variable at once, and never a value', async () => {
    const { code, stderr } = await runToEnd(['serve'], {
      SCALEKIT_ENV_URL: 'acme.scalekit.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'the-secret-value',
      PORT: '70000',
      LOG_LEVEL: 'verbose',
      STATE_KEY: 'short-secret',
      PROTECTED_RESOURCE_METADATA: '{"resource":',
      EXPECTED_ISSUERS: 'https://{tenant}.okta.com',
    })
    expect(code).toBe(78)
    for (const name of [
      'SCALEKIT_ENV_URL',
      'EXPECTED_ISSUERS',
      'PORT',
      'LOG_LEVEL',
      'STATE_KEY',
      'PROTECTED_RESOURCE_METADATA',
    ]) {
      expect(stderr).toContain(`${name}: `)
    }
    expect(stderr).not.toMatch(/the-secret-value|short-secret/)
  })

  test('takes the other names of the variables', async () => {
    const { stderr } = await runToEnd(['serve'], {
      SK_ENV_URL: 'https://acme.scalekit.com',
      SK_CLIENT_ID: 'skc_1',
      SK_CLIENT_SECRET: 'secret',
      ADMIN_CLIENTS: 'skc_2',
      PORT: 'x',
    })
    expect(stderr).toContain('PORT: ')
    expect(stderr).not.toContain('missing')
  })

  test('refuses, in production, what is for developers', async () => {
    const { code, stderr } = await runToEnd(['serve'], {
      NODE_ENV: 'production',
      SCALEKIT_WORKSPACE_URL: 'http://localhost:8787/workspace',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      ALLOWED_ORIGINS: '*',
    })
    expect(code).toBe(78)
    expect(stderr).toContain('ALLOWED_ORIGINS')
    expect(stderr).toContain('SCALEKIT_WORKSPACE_URL: http://localhost:8787 is this machine')
  })

  test.each<Record<string, string>>([
    { HOST: 'localhost:3022' },
    { HOST: '192.0.2.1' },
    { HOST: 'nowhere.invalid' },
    // As conda sets it.
    { HOST: 'x86_64-conda-linux-gnu' },
    { HOST: '192.0.2.1', METRICS_PORT: '9464' },
  ])('says what to do about an address that cannot be used: %j', async (address) => {
    const settings = {
      SCALEKIT_ENV_URL: 'https://acme.scalekit.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      ADMIN_CLIENTS: 'skc_2',
      AUDIT_FILE: 'none',
      PORT: String(await freePort()),
    }
    const commands = [
      [['serve'], settings],
      [['dev', '--memory'], { PORT: settings.PORT, LOCAL_PORT: '0' }],
    ] as const
    for (const [args, env] of commands) {
      const { code, stderr } = await runToEnd(args, { ...env, ...address, LOG_LEVEL: 'silent' })
      expect([args[0], code, stderr]).toEqual([
        args[0],
        78,
        expect.stringMatching(/^The configuration is not usable:\n {2}- HOST: .* 127\.0\.0\.1.*\n$/),
      ])
    }
  })

  test('warns of a port that is not that of EXPECTED_AUDIENCE', async () => {
    const port = await freePort()
    const child = run(['serve'], {
      SCALEKIT_ENV_URL: 'https://acme.scalekit.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      ADMIN_CLIENTS: 'skc_2',
      AUDIT_FILE: 'none',
      EXPECTED_AUDIENCE: 'http://localhost:1/mcp',
      PORT: String(port),
    })
    let output = ''
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    await expect
      .poll(() => output)
      .toContain(
        `EXPECTED_AUDIENCE is http://localhost:1/mcp, and this server listens on port ${port}. Set PORT`,
      )
    child.kill()
    await once(child, 'close')
  })

  test('is not ready with a wrong client secret, and logs why in one line', async () => {
    const port = await freePort()
    const local = await startLocalProgram(['--memory'])
    const child = run(['serve'], {
      SCALEKIT_ENV_URL: `${local.url}/env_100000000000000001`,
      SCALEKIT_CLIENT_ID: 'skc_100000000000000001',
      SCALEKIT_CLIENT_SECRET: 'not-the-secret',
      ADMIN_CLIENTS: 'skc_2',
      MCP_SERVER_ID: 'res_100000000000000000',
      AUDIT_FILE: 'none',
      PORT: String(port),
    })
    let log = ''
    child.stderr?.on('data', (chunk) => (log += chunk))
    child.stdout?.on('data', (chunk) => (log += chunk))
    const lines = () => log.split('\n').filter((line) => line.includes('refuses the credentials'))
    await expect.poll(() => log, { timeout: 120_000 }).toContain('listening')
    const ready = async () => (await fetch(`http://localhost:${port}/ready`)).json()
    await expect
      .poll(ready, { timeout: 120_000 })
      .toMatchObject({ ready: false, checks: { keys: true, credentials: false, accepting: true } })
    await expect.poll(lines, { timeout: 120_000 }).toHaveLength(1)
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({
      ...{ level: 'error', status: 401, error: 'invalid_client' },
      msg: expect.stringContaining('SCALEKIT_CLIENT_SECRET'),
    })
    expect(log).not.toContain('not-the-secret')
    child.kill()
    await once(child, 'close')
    await local.stop()
  })

  test('refuses replicas that could not open what another has sealed', async () => {
    const { code, stderr } = await runToEnd(['serve'], {
      SCALEKIT_ENV_URL: 'https://acme.scalekit.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      ADMIN_CLIENTS: 'skc_2',
      REDIS_URL: 'redis://user:the-password@localhost:6379',
    })
    expect(code).toBe(78)
    expect(stderr).toContain('STATE_KEY is missing: with REDIS_URL')
    expect(stderr).not.toContain('the-password')
  })

  test('refuses an audience that its own metadata contradicts', async () => {
    const { code, stderr } = await runToEnd(['serve'], {
      SCALEKIT_ENV_URL: 'https://acme.scalekit.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      ADMIN_CLIENTS: 'skc_2',
      EXPECTED_AUDIENCE: 'https://mcp.acme.com/mcp',
      PROTECTED_RESOURCE_METADATA: JSON.stringify({
        resource: 'https://mcp.acme.com/mcp/',
        authorization_servers: ['https://acme.scalekit.com/resources/res_1'],
      }),
    })
    expect(code).toBe(78)
    expect(stderr).toContain('EXPECTED_AUDIENCE')
  })

  test('says which setting changes a port that is in use', async () => {
    const port = await freePort()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    const { code, stderr } = await runToEnd(['serve'], {
      SCALEKIT_ENV_URL: 'https://acme.scalekit.com',
      SCALEKIT_CLIENT_ID: 'skc_1',
      SCALEKIT_CLIENT_SECRET: 'secret',
      ADMIN_CLIENTS: 'skc_2',
      PORT: String(port),
    })
    other.close()
    expect(code).toBe(78)
    expect(stderr).toMatch(new RegExp(`Port ${port} is in use.*PORT`))
  })
})

describe('scalekit-mcp dev', () => {
  test('prints the URLs and what to paste into each client, stops in order, and ends with 0', async () => {
    const program = await startDev()
    expect(program.output()).toContain(`claude mcp add --transport http scalekit ${program.url}`)
    for (const client of ['Cursor', 'VS Code', program.localUrl, 'admin@example.com']) {
      expect(program.output()).toContain(client)
    }
    expect(program.output()).not.toContain('Unsupported runtime')
    expect(await program.stop()).toBe(0)
  })

  test('has one clock: a token of the moved clock is taken, until that clock says that it has expired', async () => {
    const program = await startDev()
    const headers = { 'content-type': 'application/json', 'x-scalekit-local': '1' }
    const control = async (path: string, body: object) => {
      const url = `${program.localUrl}/__local/${path}`
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      expect(response.ok).toBe(true)
      return (await response.json()) as { access_token: string }
    }
    const mint = async () => {
      const resource = 'res_100000000000000001'
      const { access_token } = await control('tokens', { subject: 'admin@example.com', resource })
      return access_token
    }
    const call = async (token: string) => {
      const response = await fetch(program.url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({
          ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
          params: { name: 'list_environments', arguments: {} },
        }),
      })
      const text = await response.text()
      const ranOut = /upstream_(timeout|unavailable)/.test(text)
      return { status: response.status, failed: text.includes('"isError":true'), ranOut }
    }
    const taken = (token: string) =>
      inTime(
        () => call(token),
        ({ ranOut }) => ranOut,
      )
    const served = { status: 200, failed: false, ranOut: false }
    const early = await mint()
    expect(await taken(early)).toEqual(served)
    for (const advance of [3 * 3600, 40 * 24 * 3600, -41 * 24 * 3600]) {
      await control('clock', { advance })
      expect(await taken(await mint())).toEqual(served)
    }
    await control('clock', { advance: 41 * 24 * 3600 })
    expect((await call(early)).status).toBe(401)
    await program.stop()
  })

  test('says which option changes the port of the local environment', async () => {
    const localPort = await freePort()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(localPort, '127.0.0.1', resolve))
    const { code, stderr } = await runToEnd([
      'dev',
      '--memory',
      '--local-port',
      String(localPort),
      '--port',
      String(await freePort()),
    ])
    other.close()
    expect(code).toBe(78)
    expect(stderr).toMatch(/--local-port|LOCAL_PORT/)
  })
})

/** The SDK as the program says to make it. */
function sdkAsPrinted(output: string): Scalekit {
  const [, url = '', id = '', secret = ''] = /new Scalekit\('(.+)', '(.+)', '(.+)'\)/.exec(output) ?? []
  return new Scalekit(url, id, secret)
}

describe('scalekit-mcp local', () => {
  test('prints how to point the Scalekit SDK at it; the data outlives a restart', async () => {
    const data = mkdtempSync(join(tmpdir(), 'local-command-'))
    const first = await startLocalProgram(['--data', data])
    expect(first.output()).toContain(`SCALEKIT_ENVIRONMENT_URL=${first.url}/env_100000000000000001`)
    expect(first.output()).toContain(`npx scalekit-mcp token --local-url ${first.url}`)
    const { organization } = await sdkAsPrinted(first.output()).organization.createOrganization('Hooli')
    expect(await first.stop()).toBe(0)

    const second = await startLocalProgram(['--data', data, '--port', '0'])
    const found = await sdkAsPrinted(second.output()).organization.getOrganization(organization?.id ?? '')
    expect(found.organization?.displayName).toBe('Hooli')
    expect(await second.stop('SIGINT')).toBe(0)
    rmSync(data, { recursive: true })
  })

  test('keeps nothing with --memory, and starts with the seed that --seed names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-command-'))
    const seed = join(folder, 'seed.yaml')
    writeFileSync(
      seed,
      JSON.stringify({
        version: 1,
        workspace: {},
        environments: [
          {
            id: 'env_100000000000000001',
            display_name: 'Mine',
            type: 'DEV',
            clients: [{ id: 'skc_100000000000000001', secrets: [{ value: 'test_local_secret' }] }],
            organizations: [{ id: 'org_7', display_name: 'Seventh' }],
          },
        ],
      }),
    )
    for (const start of ['first', 'second']) {
      const program = await startLocalProgram(['--memory', '--seed', seed])
      const sdk = sdkAsPrinted(program.output()).organization
      const { organizations } = await sdk.listOrganization({})
      expect(organizations.map(({ displayName }) => displayName)).toEqual(['Seventh'])
      await sdk.createOrganization(`Made after the ${start} start`)
      await program.stop()
    }
    rmSync(folder, { recursive: true })
    const { code, stderr } = await runToEnd(['local', '--memory', '--port', '0', '--seed', '/nowhere.yaml'])
    expect(code).toBe(78)
    expect(stderr).toContain('no seed file at /nowhere.yaml')
    expect(stderr).not.toContain('    at ')
  })

  test('speaks https with --tls, to the SDK over gRPC and to fetch, once they trust the printed file', async () => {
    const data = mkdtempSync(join(tmpdir(), 'local-command-'))
    const program = await startLocalProgram(['--data', data, '--tls'])
    const [, file = ''] = /NODE_EXTRA_CA_CERTS=(\S+)/.exec(program.output()) ?? []
    const [, made = ''] = /(new Scalekit\(.+\))/.exec(program.output()) ?? []
    const script = `
      import { Scalekit } from '@scalekit-sdk/node'
      const { organization } = await (${made}).organization.createOrganization('Over TLS')
      const { status } = await fetch('${program.url}/workspace/keys')
      console.log(organization.displayName, status)`
    const child = (env: Record<string, string>) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
        env: { PATH: process.env.PATH ?? '', ...env },
      })
    expect((await child({ NODE_EXTRA_CA_CERTS: file })).stdout.trim()).toBe('Over TLS 200')
    await expect(child({})).rejects.toThrow()
    expect(await program.stop()).toBe(0)
    rmSync(data, { recursive: true })
  })

  test('says which option changes a port that is in use, or is none', async () => {
    const port = await freePort()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    const { code, stderr } = await runToEnd(['local', '--memory'], { LOCAL_PORT: String(port) })
    other.close()
    expect(code).toBe(78)
    expect(stderr).toMatch(/--port \(local\), --local-port \(dev\) or LOCAL_PORT/)
    const wrong = await runToEnd(['local', '--memory', '--port', '70000'])
    expect(wrong.code).toBe(78)
    expect(wrong.stderr).toContain('--port')
  })
})

describe('scalekit-mcp token', () => {
  test('prints a token and nothing else, and the server takes it', async () => {
    const program = await startDev()
    const { code, stdout } = await runToEnd(['token', '--local-url', program.localUrl])
    expect(code).toBe(0)
    const response = await fetch(program.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${stdout.trim()}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    expect(response.status).toBe(200)
    await program.stop()
  })

  test.each(['organization:read,environment:read', 'organization:read environment:read'])(
    'accepts commas and spaces between scopes: %s',
    async (scopes) => {
      const local = await startLocalProgram(['--memory'])
      const { stdout } = await runToEnd(['token', '--local-url', local.url, '--scopes', scopes])
      const [, claims = ''] = stdout.split('.')
      expect(JSON.parse(Buffer.from(claims, 'base64url').toString()).scope.split(' ').sort()).toEqual([
        'environment:read',
        'organization:read',
      ])
      await local.stop()
    },
  )

  test('says why the local environment refuses', async () => {
    const local = await startLocalProgram(['--memory'])
    const refused = async (...args: string[]) => {
      const { code, stdout, stderr } = await runToEnd(['token', '--local-url', local.url, ...args])
      expect([code, stdout]).toEqual([78, ''])
      return stderr
    }
    expect(await refused('--as', 'nobody@example.com')).toContain('nobody@example.com')
    expect(await refused('--resource', 'https://mcp.acme.com/mcp')).toContain('https://mcp.acme.com/mcp')
    expect(await refused('--expires-in', 'soon')).toBe(
      '--expires-in: give whole seconds, 86400 at most; negative for an expired token.\n',
    )
    await local.stop()
  })

  test('says what answers in place of a local environment', async () => {
    const other = createHttpServer((_, res) => res.writeHead(404).end('<html>')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const { code, stderr } = await runToEnd(['token', '--local-url', url])
    other.close()
    expect([code, stderr]).toEqual([78, expect.stringContaining(`${url} answered 404`)])
  })

  test.each(['localhost:8787', 'http://', 'file:///etc/passwd'])('refuses --local-url %s', async (url) => {
    const { code, stdout, stderr } = await runToEnd(['token', '--local-url', url])
    expect([code, stdout, stderr]).toEqual([
      78,
      '',
      expect.stringMatching(/^--local-url: give the URL .*\n$/),
    ])
  })

  test('says what to start when there is no local environment', async () => {
    const { code, stderr } = await runToEnd(['token', '--local-url', `http://localhost:${await freePort()}`])
    expect(code).toBe(78)
    expect(stderr).toContain('scalekit-mcp dev')
  })
})
