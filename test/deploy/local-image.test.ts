import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { variables } from '../../packages/server/src/config/config-variables.js'
import { freePort, runToEnd } from '../harness/program.js'
import { buildImage, type Image } from './dockerfile.js'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const LOCAL_TOKEN = 'the token of this test'

let into: string
let image: Image
beforeAll(() => {
  into = mkdtempSync(join(tmpdir(), 'local-image-'))
  chmodSync(into, 0o755)
  image = buildImage(into, fileURLToPath(new URL('../../deploy/local.Dockerfile', import.meta.url)))
})
afterAll(() => rmSync(into, { recursive: true, force: true }))

test('the image of the local environment starts as its user, is healthy, gives tokens, and stops with 0', async () => {
  const port = await freePort()
  const [uid = 0, gid = 0] = image.user.split(':').map(Number)
  expect(uid).toBeGreaterThan(0)
  const app = join(image.folder, image.workdir)
  const options = {
    cwd: app,
    env: { PATH: process.env.PATH ?? '', ...image.env, LOCAL_PORT: String(port), LOCAL_TOKEN },
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  }
  const [command = '', ...args] = image.command.map((arg) => arg.replace(/^\/app\//, `${app}/`))
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  const [check = '', ...rest] = image.healthCheck
  execFileSync(check, rest, options)
  const url = `http://localhost:${port}`
  const given = await runToEnd(['token', '--local-url', url], { LOCAL_TOKEN })
  expect([given.code, given.stdout]).toEqual([0, expect.stringMatching(/^ey/)])
  child.kill('SIGTERM')
  expect((await ended)[0]).toBe(0)
  expect(readdirSync(join(app, 'data')).length).toBeGreaterThan(0)
})

test('it has the optional parts in the versions of the package', () => {
  const { peerDependencies } = JSON.parse(read('packages/local/package.json'))
  for (const [name, version] of Object.entries(peerDependencies)) {
    expect(read('deploy/local.Dockerfile')).toContain(`${name}@${version}`)
    const installed = JSON.parse(
      readFileSync(join(image.folder, 'app/node_modules', name, 'package.json'), 'utf8'),
    )
    expect(installed.version, name).toBe(version)
  }
})

test('Compose: the MCP server shares the network of the local environment, and every variable is known', () => {
  const { services } = parse(read('deploy/compose.development.yaml')) as {
    services: Record<string, { environment?: object; ports?: string[]; [key: string]: unknown }>
  }
  expect(services.mcp).toMatchObject({ network_mode: 'service:scalekit', read_only: true, cap_drop: ['ALL'] })
  expect(Object.keys(services.mcp?.environment ?? {}).filter((name) => !(name in variables))).toEqual([])
  const ports = Object.values(services).flatMap((service) => service.ports ?? [])
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  expect(Object.values(services).filter((service) => service.read_only !== true)).toEqual([])
})
