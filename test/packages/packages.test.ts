import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, startLocalProgram, untilReady } from '../harness/program.js'
import { firstExample, install, packAll, start, stop } from './installed.js'

const nodes = [
  { version: 'this Node', node: [process.execPath] },
  { version: 'Node 24', node: ['npx', '-y', '-p', 'node@24', 'node'] },
]

let folder: string
let packed: Record<string, string>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scalekit-packages-'))
  packed = await packAll(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tarballs = (...names: string[]) => names.map((name) => packed[name] ?? name)

describe('@scalekit-mcp/local, installed alone', () => {
  const cwd = () => join(folder, 'local')
  beforeAll(() => install(cwd(), tarballs('local', 'api')))

  test.each(nodes)('runs the first example of its README on $version', async ({ node }) => {
    writeFileSync(join(cwd(), 'example.mjs'), firstExample('local', 'js'))
    const { output, ended } = start(node, ['example.mjs'], cwd())
    expect(await ended, output()).toBe(0)
    expect(output()).toContain('org_')
  })

  test('says what PostgreSQL needs', async () => {
    const url = 'postgres://localhost:1/none'
    writeFileSync(
      join(cwd(), 'postgres.mjs'),
      `import { createLocalScalekit } from '@scalekit-mcp/local'
       await createLocalScalekit({ port: 0, databaseUrl: '${url}' }).catch((error) => console.log(error.code, error.message))`,
    )
    const { output, ended } = start([process.execPath], ['postgres.mjs'], cwd())
    await ended
    expect(output()).toContain('driver_missing')
    expect(output()).toContain('npm install pg')
  })
})

describe('@scalekit-mcp/api, installed alone', () => {
  const cwd = () => join(folder, 'api')
  beforeAll(() => install(cwd(), [...tarballs('api'), '@connectrpc/connect@2.1.2']))

  test.each(nodes)('runs the first example of its README on $version', async ({ node }) => {
    const local = await startLocalProgram(['--memory'])
    writeFileSync(join(cwd(), 'example.mjs'), firstExample('api', 'js'))
    const { output, ended } = start(node, ['example.mjs'], cwd(), {
      SCALEKIT_ENVIRONMENT_URL: `${local.url}/env_100000000000000001`,
    })
    const code = await ended
    await local.stop()
    expect(code, output()).toBe(0)
    expect(output()).toMatch(/^org_[0-9]+ /m)
  })
})

describe('@scalekit-mcp/auth, installed alone', () => {
  const cwd = () => join(folder, 'auth')
  beforeAll(() => {
    const [, others = ''] = /npm install @scalekit-mcp\/auth (.*)/.exec(firstExample('auth', 'sh')) ?? []
    return install(cwd(), [...tarballs('auth'), ...others.split(' ')])
  })

  test.each(nodes)('runs the first example of its README on $version', async ({ node }) => {
    const port = await freePort()
    const url = `http://localhost:${port}/mcp`
    writeFileSync(join(cwd(), 'server.mjs'), firstExample('auth', 'js'))
    const { child, output } = start(node, ['server.mjs'], cwd(), {
      PORT: String(port),
      EXPECTED_AUDIENCE: url,
    })
    await untilReady(`http://localhost:${port}/.well-known/oauth-protected-resource/mcp`, child, output)
    const refused = await fetch(url, { method: 'POST' })
    stop(child)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('scope="user:read"')
  })
})

describe('scalekit-mcp, installed alone', () => {
  const cwd = () => join(folder, 'server')
  const command = 'node_modules/scalekit-mcp/bin/scalekit-mcp.js'
  beforeAll(() => install(cwd(), tarballs('server', 'api', 'auth')))

  test('brings no authorization server, and says what dev and local need', async () => {
    for (const name of ['dev', 'local']) {
      const { output, ended } = start([process.execPath], [command, name], cwd())
      expect(await ended).toBe(78)
      expect(output()).toContain('npm install @scalekit-mcp/local')
    }
    const { output, ended } = start([process.execPath], [command, 'tools'], cwd())
    expect(await ended).toBe(0)
    expect(output()).toContain('list_organizations')
  })

  test.each(nodes)('runs the first example of its README on $version', async ({ node }) => {
    expect(firstExample('server', 'sh')).toBe(
      'npm install scalekit-mcp @scalekit-mcp/local\nnpx scalekit-mcp dev --memory\n',
    )
    await install(cwd(), tarballs('server', 'api', 'auth', 'local'))
    const [port, localPort] = [await freePort(), await freePort()]
    const args = [command, 'dev', '--memory', '--port', String(port), '--local-port', String(localPort)]
    const { child, output } = start(node, args, cwd())
    await untilReady(`http://localhost:${port}/ready`, child, output)
    const doctor = start(node, [command, 'doctor', `http://localhost:${port}/mcp`], cwd())
    const code = await doctor.ended
    stop(child)
    expect(code, doctor.output()).toBe(0)
  })
})
