import { execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildImage, type Image } from '../deploy/dockerfile.js'
import { freePort, untilReady } from '../harness/program.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const example = join(root, 'examples/greeting')
const run = promisify(execFile)
/** Installing, or running all tests, on a busy machine. */
const INSTALL_MS = 900_000

/** Variables of an environment that nothing connects to at the start. */
const variables = {
  SK_ENV_URL: 'https://acme.scalekit.com',
  EXPECTED_AUDIENCE: 'https://mcp.acme.com/',
  MCP_SERVER_ID: 'res_1',
}

describe('the greeting server, alone in a folder', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'greeting-'))
    chmodSync(folder, 0o755)
    await run('npm', ['run', 'vendor'], { cwd: example })
    const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
      cwd: example,
    })
    const packed = readdirSync(join(example, 'vendor')).map((name) => join('vendor', name))
    for (const path of [...stdout.trim().split('\n'), ...packed]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      copyFileSync(join(example, path), join(folder, path))
    }
    await run('npm', ['ci'], { cwd: folder })
  }, INSTALL_MS)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('has our packages as they are packed', () => {
    const installed = join(folder, 'node_modules/@scalekit-mcp/auth')
    expect(lstatSync(installed).isSymbolicLink()).toBe(false)
    expect(readFileSync(join(installed, 'dist/index.js'))).toEqual(
      readFileSync(join(root, 'packages/auth/dist/index.js')),
    )
  })

  test('passes its own tests', { timeout: INSTALL_MS }, async () => {
    const { PATH = '', HOME = '' } = process.env
    const tests = run('npm', ['test'], { cwd: folder, env: { PATH, HOME, NO_COLOR: '1' } })
    const { stdout } = await tests.catch((error) => error)
    expect(stdout).toMatch(/Tests {2}\d+ passed \(\d+\)/)
    expect(stdout).not.toMatch(/failed|skipped/)
    await tests
  })

  test('runs under PM2 and is reloaded without a failed call', { timeout: INSTALL_MS }, async () => {
    const port = String(await freePort())
    const { PATH = '', HOME = '' } = process.env
    const env = { PATH, HOME, PM2_HOME: join(folder, 'pm2'), ...variables, PORT: port }
    const pm2 = (...args: string[]) =>
      run('npx', ['-y', '-p', 'pm2@7.0.4', 'pm2', ...args], { cwd: folder, env })
    // Each on a connection of its own, so that every process answers some.
    const health = () =>
      fetch(`http://localhost:${port}/health`, { headers: { connection: 'close' } }).then(
        (response) => response.status,
      )
    await run('npm', ['run', 'build'], { cwd: folder })
    await pm2('start', 'ecosystem.config.json')
    try {
      await expect.poll(() => health().catch(() => 0), { timeout: 120_000 }).toBe(200)
      let reloaded = false
      const statuses: number[] = []
      const calls = (async () => {
        while (!reloaded) statuses.push(await health().catch(() => 0))
      })()
      await pm2('reload', 'greeting')
      reloaded = true
      await calls
      expect(new Set(statuses)).toEqual(new Set([200]))
      const { stdout } = await pm2('jlist')
      const processes = JSON.parse(stdout.slice(stdout.indexOf('[{')))
      expect(processes.map((each: { pm2_env: object }) => each.pm2_env)).toEqual(
        Array(4).fill(
          expect.objectContaining({ status: 'online', exec_mode: 'cluster_mode', unstable_restarts: 0 }),
        ),
      )
    } finally {
      await pm2('kill')
    }
  })

  describe('as an image', () => {
    let image: Image
    beforeAll(() => {
      image = buildImage(join(folder, 'image'), join(folder, 'Dockerfile'), folder)
    }, INSTALL_MS)

    test('holds the program and what it needs, and nothing else', () => {
      const app = join(image.folder, image.workdir)
      expect(readdirSync(app).sort()).toEqual(['dist', 'node_modules', 'package.json'])
      expect(readdirSync(join(app, 'dist'))).toContain('server.js')
      const installed = readdirSync(join(app, 'node_modules'))
      expect(installed).toContain('helmet')
      for (const name of ['vitest', 'tsx', 'typescript', 'libsql', 'oidc-provider']) {
        expect(installed).not.toContain(name)
      }
      expect(readdirSync(join(app, 'node_modules/@scalekit-mcp'))).toEqual(['auth'])
    })

    test('runs as a user without rights, is healthy, and stops with 0', async () => {
      const [uid = 0, gid = 0] = image.user.split(':').map(Number)
      expect(uid).toBeGreaterThan(0)
      const port = await freePort()
      const env = { PATH: process.env.PATH ?? '', ...image.env, ...variables, PORT: String(port) }
      const [command = '', ...args] = image.command
      const options = { cwd: join(image.folder, image.workdir), env }
      const user = process.getuid?.() === 0 ? { uid, gid } : {}
      const server = spawn(command, args, { ...options, ...user })
      let output = ''
      server.stdout.on('data', (chunk) => {
        output += chunk
      })
      const ended = new Promise((resolve) => server.once('close', resolve))
      await untilReady(`http://localhost:${port}/health`, server, () => output)
      const [check = '', ...checkArgs] = image.healthCheck
      await run(check, checkArgs, options)
      server.kill('SIGTERM')
      expect(await ended, output).toBe(0)
      await expect(run(check, checkArgs, options)).rejects.toMatchObject({ code: 1 })
    })
  })
})
