import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { createCertificate } from '../packages/local/src/tls/self-signed.js'
import { type Defect, type McpServer, send, startMcpServer } from './doctor/mcp-server.js'
import { freePort, inTime, mintToken, type Program, runToEnd, startDev } from './harness/program.js'

const opened: (McpServer | Program)[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await ('close' in each ? each.close() : each.stop())
})

/** A token as a client has it; the small server takes every one. */
const tokenFor = (audience: string, expiresIn = 300) =>
  [
    '{"alg":"none"}',
    JSON.stringify({ aud: audience, exp: Math.floor(Date.now() / 1000) + expiresIn, scope: 'things:read' }),
  ]
    .map((part) => Buffer.from(part).toString('base64url'))
    .concat('signature')
    .join('.')

async function examine(url: string, token = tokenFor(url)) {
  const { code, stdout, stderr } = await runToEnd(['doctor', url, '--json', '--token', token])
  expect(stderr).toBe('')
  const { findings } = JSON.parse(stdout) as {
    findings: { check: string; state: string; text: string; fix?: string; guide?: string }[]
  }
  return { code, findings, failed: findings.filter(({ state }) => state === 'failed') }
}

interface Broken {
  readonly what: string
  readonly check: string
  readonly says: RegExp
  readonly defect: Defect
}

/** What the troubleshooting guide has; some findings need no more than their fix. */
const guide = 'docs/guides/troubleshooting.md'
const headings = readFileSync(new URL(`../${guide}`, import.meta.url), 'utf8').matchAll(/^## (.+)$/gm)
const guideSections = [
  undefined,
  ...[...headings].map(
    ([, title = '']) =>
      `${guide}#${title
        .toLowerCase()
        .replaceAll(' ', '-')
        .replace(/[^a-z0-9-]/g, '')}`,
  ),
]

const broken: readonly Broken[] = [
  {
    what: 'a certificate that nobody vouches for',
    check: 'tls',
    says: /SELF_SIGNED/,
    defect: { tls: createCertificate(new Date()) },
  },
  {
    what: 'no protection at all',
    check: 'challenge',
    says: /answered with 200, not 401/,
    defect: { withoutToken: (res) => send(res, 200, {}) },
  },
  {
    what: 'a proxy that changes the Host header',
    check: 'challenge',
    says: /answered with 421, not 401/,
    defect: { withoutToken: (res) => send(res, 421, {}) },
  },
  {
    what: 'a 401 without a challenge',
    check: 'challenge',
    says: /no WWW-Authenticate/,
    defect: { withoutToken: (res) => send(res, 401, {}) },
  },
  {
    what: 'no metadata of the resource',
    check: 'resource-metadata',
    says: /no document/,
    defect: { metadata: () => undefined },
  },
  {
    what: 'metadata without an authorization server',
    check: 'resource-metadata',
    says: /no authorization server/,
    defect: { metadata: ({ resource }) => ({ resource }) },
  },
  {
    what: 'a slash too many in the resource',
    check: 'resource',
    says: /\/mcp\/"/,
    defect: { metadata: (document) => ({ ...document, resource: `${document.resource}/` }) },
  },
  {
    what: 'an authorization server without metadata',
    check: 'issuer-metadata',
    says: /oauth-authorization-server\/tenant/,
    defect: { issuer: () => undefined },
  },
  {
    what: 'an issuer with another name',
    check: 'issuer',
    says: /"https:\/\/other\.example\.com"/,
    defect: { issuer: (document) => ({ ...document, issuer: 'https://other.example.com' }) },
  },
  {
    what: 'no token endpoint',
    check: 'endpoints',
    says: /token_endpoint/,
    defect: { issuer: ({ token_endpoint, ...document }) => document },
  },
  {
    what: 'no PKCE with S256',
    check: 'pkce',
    says: /S256/,
    defect: { issuer: (document) => ({ ...document, code_challenge_methods_supported: ['plain'] }) },
  },
  {
    what: 'no way to register',
    check: 'registration',
    says: /neither/,
    defect: { issuer: ({ registration_endpoint, ...document }) => document },
  },
  {
    what: 'a scope that the authorization server does not give',
    check: 'scopes',
    says: /things:write/,
    defect: { scope: 'things:read things:write' },
  },
  {
    what: 'a clock ten minutes ahead',
    check: 'clock',
    says: /\d{3} s ahead/,
    defect: { headers: { date: new Date(Date.now() + 600_000).toUTCString() } },
  },
  {
    what: 'a revision of MCP that is not served',
    check: 'modern',
    says: /tools\/list was answered with 400: too new/,
    defect: {
      answer(_, era, res) {
        if (era === '2026-07-28')
          send(res, 400, { jsonrpc: '2.0', error: { code: -32022, message: 'too new' } })
        return era === '2026-07-28'
      },
    },
  },
  {
    what: 'an older revision of MCP whose calls fail',
    check: 'legacy',
    says: /now was answered with 500/,
    defect: {
      answer(method, era, res) {
        const fails = method === 'tools/call' && era === '2025-11-25'
        if (fails) send(res, 500, {})
        return fails
      },
    },
  },
]

describe('scalekit-mcp doctor', () => {
  test('finds no problem with the real server, with a token of the local environment', async () => {
    const program = await startDev()
    opened.push(program)
    const { code, stdout } = await inTime(
      () => runToEnd(['doctor', `${program.url}?readonly=true`]),
      (answer) => /\b503\b|did not answer in time/.test(answer.stdout),
    )
    expect(stdout).toContain('No problems found.')
    expect(stdout).toMatch(/^ok {6}modern .*whoami answered$/m)
    expect(stdout).toMatch(/^ok {6}legacy .*whoami answered$/m)
    expect(stdout).not.toMatch(/^(failed|- )/m)
    expect(code).toBe(0)
    const elsewhere = await mintToken(program, { resource: 'https://other.example.com/mcp' }).catch(
      () => undefined,
    )
    const refused = await examine(program.url, elsewhere ?? tokenFor('https://other.example.com/mcp'))
    expect(refused.code).toBe(1)
    expect(refused.failed.map(({ check }) => check)).toEqual(['audience', 'modern', 'legacy'])
  })

  test('names the person who does not administer the environment, once', async () => {
    const program = await startDev({ args: ['--mode', 'environment'] })
    opened.push(program)
    const request = { subject: 'sam@yourcompany.example', resource: 'res_100000000000000000' }
    const token = await mintToken(program, request)
    const { code, failed } = await inTime(
      () => examine(program.url, token),
      (answer) => answer.failed.some(({ text }) => /\b503\b/.test(text)),
    )
    expect(code).toBe(1)
    expect(failed).toMatchObject([
      { check: 'administrator', text: expect.stringContaining('ADMIN_ROLES'), fix: expect.any(String) },
    ])
  })

  test('names that person also where the server could not say so at first', async () => {
    let asked = 0
    const server = await startMcpServer({
      answer: (_method, _era, res) => {
        const refusal = { error: 'not_an_administrator', subject: 'usr_1', variable: 'ADMIN_ROLES' }
        if (asked++ === 0) send(res, 503, { error: 'temporarily_unavailable' })
        else send(res, 403, refusal)
        return true
      },
    })
    opened.push(server)
    const { code, failed } = await examine(server.url)
    expect(code).toBe(1)
    expect(failed).toMatchObject([{ check: 'administrator', text: expect.stringContaining('ADMIN_ROLES') }])
    expect(asked).toBe(2)
  })

  test('names a resource that the local environment does not know', async () => {
    const program = await startDev()
    opened.push(program)
    const state = `${program.localUrl}/__local/state`
    const headers = { 'x-scalekit-local': '1', 'content-type': 'application/json' }
    const seed = await (await fetch(state, { headers })).text()
    const moved = seed.replaceAll(program.url, 'http://localhost:1/mcp')
    expect((await fetch(state, { method: 'PUT', headers, body: moved })).status).toBe(200)
    const { code, stdout } = await runToEnd(['doctor', program.url])
    expect(code).toBe(1)
    expect(stdout).toContain(`has no MCP server with the URL ${program.url}`)
  })

  test('says by how much the clock of new tokens is off', async () => {
    const program = await startDev()
    opened.push(program)
    const move = (advance: number) =>
      fetch(`${program.localUrl}/__local/clock`, {
        method: 'POST',
        headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
        body: JSON.stringify({ advance }),
      })
    const lineNow = async () => {
      const { stdout } = await runToEnd(['doctor', program.url])
      return /^.* token-clock .*$/m.exec(stdout)?.[0]
    }
    expect(await lineNow()).toMatch(/^ok .* a new token is \d s off$/)
    await move(3 * 3600)
    expect(await lineNow()).toMatch(
      /^failed .* issued 10[78]\d\d s ahead of the clock of this machine\. Fix: /,
    )
    await move(-6 * 3600)
    expect(await lineNow()).toMatch(/^failed .* issued 10[78]\d\d s behind the clock of this machine\. Fix: /)
  })

  test('finds no problem with a small right server', async () => {
    const server = await startMcpServer()
    opened.push(server)
    const { code, findings, failed } = await examine(server.url)
    expect(failed).toEqual([])
    expect(findings).toHaveLength(20)
    expect(code).toBe(0)
  })

  test.each(broken)('names $what', async ({ check, says, defect }) => {
    const server = await startMcpServer(defect)
    opened.push(server)
    const { code, failed } = await examine(server.url)
    expect(failed.map((finding) => finding.check)).toEqual([check])
    expect(failed[0]?.text).toMatch(says)
    expect(failed[0]?.fix).toBeTruthy()
    expect(guideSections).toContain(failed[0]?.guide)
    expect(code).toBe(1)
  })

  test('names the URL of MCP where the path is another one', async () => {
    const server = await startMcpServer()
    opened.push(server)
    for (const path of ['', 'sse', 'mcp/']) {
      const { failed } = await examine(new URL(`/${path}?readonly=true`, server.url).href)
      const [found] = failed.filter(({ check }) => check === 'challenge')
      expect(found).toMatchObject({ fix: `use ${server.url}?readonly=true, which answers 401` })
      expect(found?.guide).toBe(`${guide}#wrong-path`)
    }
    const nowhere = await startMcpServer({ withoutToken: (res) => send(res, 404, {}) })
    opened.push(nowhere)
    const { failed } = await examine(nowhere.url)
    expect(failed[0]?.fix).toBe('MCP is at another path: use the URL in EXPECTED_AUDIENCE of the server')
  })

  test('says that a web page is not MCP, and what does not speak TLS', async () => {
    const page = await startMcpServer({
      withoutToken: (res) => res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'),
    })
    opened.push(page)
    const [first] = (await examine(page.url)).failed
    expect(first).toMatchObject({ check: 'challenge', guide: `${guide}#wrong-path` })
    const { failed } = await examine(page.url.replace('http:', 'https:'))
    expect(failed).toMatchObject([{ check: 'tls', text: expect.stringContaining('does not speak TLS') }])
  })

  test.each([
    'localhost:3002/mcp',
    'http://localhost:3002/mcp#tools',
    'http://ada:secret@localhost:3002/mcp',
  ])('refuses %s, which no client could use', async (url) => {
    const { code, stdout, stderr } = await runToEnd(['doctor', url])
    expect([code, stdout, stderr]).toEqual([78, '', expect.stringContaining('Give the URL of an MCP server')])
  })

  test.each(['Bearer abc', 'a\nb', 'caf\u00e9'])('refuses %j as a token', async (token) => {
    const { code, stdout, stderr } = await runToEnd(['doctor', 'http://localhost:3002/mcp', '--token', token])
    expect([code, stdout]).toEqual([78, ''])
    expect(stderr).toMatch(/^The token has a space or .*\n$/)
    expect(stderr).not.toContain(token)
  })

  test('names the URL once where it is another name of the server', async () => {
    const program = await startDev()
    opened.push(program)
    const { stdout } = await runToEnd(['doctor', program.url.replace('localhost', '127.0.0.1')])
    expect(stdout.match(/^failed +\S+/gm)).toEqual(['failed  resource'])
    expect(stdout).toMatch(/^- +token +.*see the line resource$/m)
  })

  test('prints one full stop between what it found, the fix and the guide', async () => {
    const server = await startMcpServer({
      answer(_, __, res) {
        send(res, 401, {
          error: 'invalid_token',
          error_description: 'The token is not valid here. Get a new one.',
        })
        return true
      },
    })
    opened.push(server)
    const { stdout } = await runToEnd(['doctor', server.url, '--token', tokenFor(server.url)])
    expect(stdout).toMatch(
      /^failed {2}modern .* Get a new one\. Fix: .*[a-z]\. See docs\/guides\/troubleshooting\.md#401-again-and-again$/m,
    )
    expect(stdout).not.toContain('..')
  })

  test('names a port where nothing listens', async () => {
    const { code, failed } = await examine(`http://localhost:${await freePort()}/mcp`)
    expect(failed).toMatchObject([{ check: 'reach', text: expect.stringContaining('nothing listens') }])
    expect(code).toBe(1)
  })

  test('names a token that has expired, and one for another server', async () => {
    const server = await startMcpServer()
    opened.push(server)
    const expired = await examine(server.url, tokenFor(server.url, -60))
    expect(expired.failed.map(({ check }) => check)).toEqual(['token'])
    const other = await examine(server.url, tokenFor('https://other.example.com/mcp'))
    expect(other.failed).toMatchObject([{ check: 'audience', guide: `${guide}#invalid-audience` }])
  })

  test('does not send the token to where a redirect leads', async () => {
    let seen = 0
    const target = await startMcpServer({ answer: () => ++seen > 0 })
    const server = await startMcpServer({
      answer(_, __, res) {
        res.writeHead(307, { location: target.url }).end()
        return true
      },
    })
    opened.push(target, server)
    expect((await examine(server.url)).failed.map(({ check }) => check)).toEqual(['modern', 'legacy'])
    expect(seen).toBe(0)
  })

  test('never prints the token, and says how to call it', async () => {
    const server = await startMcpServer()
    opened.push(server)
    const token = tokenFor(server.url)
    const { stdout } = await runToEnd(['doctor', server.url, '--token', token])
    expect(stdout).not.toContain(token.slice(0, 40))
    expect(await runToEnd(['doctor', 'localhost'])).toMatchObject({ code: 78 })
  })
})
