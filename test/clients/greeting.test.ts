import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, untilReady } from '../harness/program.js'
import { start, stop } from '../packages/installed.js'

// What the README of the greeting server and its guide tell a reader to type.

const root = fileURLToPath(new URL('../../', import.meta.url))
const example = join(root, 'examples/greeting')
const readme = readFileSync(join(example, 'README.md'), 'utf8')
const guide = readFileSync(join(root, 'docs/guides/protect-your-server.md'), 'utf8')
const run = promisify(execFile)

let port: string
let localPort: string
let home: string
beforeAll(async () => {
  port = String(await freePort())
  localPort = String(await freePort())
  home = mkdtempSync(join(tmpdir(), 'greeting-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** The one block of a page that has a text, with the ports of this test. */
function block(page: string, part: string): string {
  const blocks = [...page.matchAll(/```sh\n(.+?)```/gs)].map(([, text = '']) => text)
  const [found, ...others] = blocks.filter((text) => text.includes(part))
  if (found === undefined || others.length > 0) throw new Error(`not one block has ${part}`)
  return found
    .replaceAll('localhost:3002', `localhost:${port}`)
    .replaceAll('scalekit-mcp token', `scalekit-mcp token --local-url http://localhost:${localPort}`)
}

/** The environment of a reader's terminal. npm keeps its cache. */
const terminal = () => ({
  PATH: process.env.PATH ?? '',
  HOME: home,
  npm_config_cache: process.env.npm_config_cache ?? join(process.env.HOME ?? home, '.npm'),
})

async function type(script: string, cwd: string): Promise<string> {
  const options = { cwd, env: terminal(), maxBuffer: 16 * 1024 * 1024 }
  const { stdout } = await run('bash', ['-c', `set -euo pipefail\n${script}`], options)
  return stdout
}

describe('without an account', () => {
  let server: ReturnType<typeof start>
  beforeAll(async () => {
    const env = { ...terminal(), PORT: port, LOCAL_PORT: localPort, LOCAL_DATA: join(home, 'data') }
    server = start(['bash', '-c'], [block(readme, 'npm start')], root, env)
    await untilReady(`http://localhost:${port}/health`, server.child, server.output)
  })
  afterAll(async () => {
    stop(server.child)
    await server.ended
  })

  test('npm start prints what the guide shows', () => {
    const [, shown = ''] = /```\n( {2}Greeting MCP server.+?)```/s.exec(guide) ?? []
    const here = shown.replace('localhost:3002', `localhost:${port}`).replace('8787', localPort)
    expect(server.output()).toContain(here)
    expect(block(guide, 'npm start')).toBe('cd examples/greeting && npm start\n')
  })

  test('the curl command of the README greets', async () => {
    const [, shown = ''] = /```\n(data: .+?\n)```/s.exec(readme) ?? []
    expect(await type(block(readme, 'greet_user'), example)).toContain(shown)
  })

  test('every answer to the load test of the document is 2xx', async () => {
    const [token = ''] = /^TOKEN=.+$/m.exec(block(readme, 'greet_user')) ?? []
    const autocannon = join(root, 'test/clients/node_modules/.bin/autocannon')
    const seen = await type(
      `${token}
      ${autocannon} -c 10 -d 2 -m POST --json -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
        -b '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}' http://localhost:${port}/`,
      example,
    )
    expect(JSON.parse(seen)).toMatchObject({ non2xx: 0, errors: 0, '2xx': expect.any(Number) })
    expect(JSON.parse(seen)['2xx']).toBeGreaterThan(0)
  })

  test('the curl command of the guide is refused, and runs with the scope', async () => {
    const command = block(guide, 'admin_action')
    const refused = await type(command, example)
    expect(refused).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
    expect(refused).toMatch(
      /WWW-Authenticate: Bearer error="insufficient_scope", .*scope="user:read admin", resource_metadata=/i,
    )
    expect(await type(command.replace('user:read', 'admin'), example)).toContain('Done: Order robots')
  })
})

test('as a template: copied, filled in, built, served', { timeout: 900_000 }, async () => {
  // Its tests run in test/packages.
  await type(block(readme, 'npm run vendor\n').replace('npm test', ''), example)
  const copy = join(home, 'greeting')
  await type(block(readme, '.env.example'), copy)
  const file = join(copy, '.env')
  const resource = `http://localhost:${port}/`
  const metadata = { resource, authorization_servers: ['https://acme.scalekit.com/resources/res_1'] }
  const filledIn = readFileSync(file, 'utf8')
    .replace('SK_ENV_URL=', '$&https://acme.scalekit.com')
    .replace("PROTECTED_RESOURCE_METADATA='", `$&${JSON.stringify(metadata)}`)
    .replaceAll('3002', port)
  writeFileSync(file, filledIn)
  expect(readme).toContain('`npm run build && npm run serve`')
  const server = start(['bash', '-c'], ['npm run build && npm run serve'], copy, terminal())
  await untilReady(`${resource}health`, server.child, server.output)
  const published = await fetch(`${resource}.well-known/oauth-protected-resource`)
  expect(await published.json()).toEqual(metadata)
  const refused = await fetch(resource, {
    method: 'POST',
    headers: { authorization: 'Bearer invalid-token' },
  })
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('error="invalid_token"'),
  ])
  stop(server.child)
  await server.ended
})
