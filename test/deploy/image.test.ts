import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import { freePort, mintToken, untilReady } from '../harness/program.js'
import { buildImage, type Image } from './dockerfile.js'

let into: string
let image: Image
let files: string[]
let local: LocalScalekit
beforeAll(() => {
  into = mkdtempSync(join(tmpdir(), 'image-'))
  chmodSync(into, 0o755)
  image = buildImage(into)
  files = readdirSync(image.folder, { recursive: true }).map(String)
})
afterAll(async () => {
  await local?.close()
  rmSync(into, { recursive: true, force: true })
})

test('the image holds the program and what it needs, and nothing else', () => {
  const own = files.filter((path) => !path.includes('node_modules/'))
  expect(own).toContain('app/packages/server/bin/scalekit-mcp.js')
  expect(own).toContain('app/packages/server/bundle/main.js')
  const unwanted =
    /\.test\.|\/test\/|(^|\/)\.env|\/src\/|\.tsbuildinfo$|(^|\/)\.git(\/|$)|packages\/local|^app\/audit\/./
  expect(own.filter((path) => unwanted.test(path))).toEqual([])
  const installed = files.flatMap((path) => /^app\/node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1] ?? [])
  expect(installed).toContain('ioredis')
  for (const name of [
    'typescript',
    'vitest',
    'tsx',
    'esbuild',
    'oidc-provider',
    'libsql',
    'pg',
    '@opentelemetry/sdk-node',
  ]) {
    expect(installed).not.toContain(name)
  }
  expect(files.filter((path) => path.endsWith('@scalekit-mcp/local'))).toEqual([])
})

test('the image starts as its user on files that it cannot change, serves, is healthy, and stops with 0', async () => {
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const [uid = 0, gid = 0] = image.user.split(':').map(Number)
  expect(uid).toBeGreaterThan(0)
  const app = join(image.folder, image.workdir)
  const isRoot = process.getuid?.() === 0
  const options = {
    cwd: app,
    env: {
      PATH: process.env.PATH ?? '',
      ...localEnvironment(local, resource),
      ...image.env,
      // Its issuer is on this machine and without TLS, which production refuses.
      NODE_ENV: 'development',
      PORT: String(port),
    },
    ...(isRoot ? { uid, gid } : {}),
  }
  const [command = '', ...args] = image.command
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text: Buffer) => {
    said += text
  })
  const ended = once(child, 'exit')
  await untilReady(`http://127.0.0.1:${port}/ready`, child, () => said)
  const token = await mintToken({ localUrl: local.url }, { resource })
  expect(toolErrorOf(await postCall(resource, token, 'list_environments'))).toBeUndefined()
  const [check = '', ...rest] = image.healthCheck.slice()
  execFileSync(check, rest, options)
  if (isRoot) {
    expect(() =>
      execFileSync('touch', ['packages/server/bundle/new'], { ...options, stdio: 'ignore' }),
    ).toThrow()
  }
  child.kill('SIGTERM')
  expect((await ended)[0]).toBe(0)
  expect(readdirSync(join(app, 'audit')).sort()).toContain('audit.jsonl')
})
