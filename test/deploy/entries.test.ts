import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import { allScopes } from '../../packages/server/test/server-under-test.js'
import { freePort, mintToken } from '../harness/program.js'

/** How a call ends where the machine is too busy for the API to answer in time. */
const NO_TIME: ReadonlySet<string> = new Set(['upstream_timeout', 'upstream_unavailable'])

let port: number
let resource: string
let local: LocalScalekit
let env: Record<string, string>
beforeAll(async () => {
  port = await freePort()
  resource = `http://localhost:${port}/mcp`
  local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  env = {
    ...localEnvironment(local, resource),
    PORT: String(port),
    AUDIT_FILE: 'none',
    STATE_KEY: 'the-same-key-on-every-replica-0123456789',
    LOG_LEVEL: 'error',
    // The load is one caller's.
    REQUESTS_PER_MINUTE: '1000000',
  }
})
afterAll(() => local?.close())

interface Pm2App {
  readonly script: string
  readonly args: string[]
  readonly exec_mode: string
  readonly env: Record<string, string>
}

test("PM2's configuration, run as PM2 does: processes share the port, and one after the other is replaced", async () => {
  process.env.SCALEKIT_MCP = fileURLToPath(new URL('../../packages/server', import.meta.url))
  const load = createRequire(import.meta.url)
  const { apps } = load('../../deploy/pm2/ecosystem.config.cjs') as { apps: [Pm2App] }
  const [app] = apps
  expect(app.exec_mode).toBe('cluster')
  expect(app.env).toEqual({ NODE_ENV: 'production' })
  cluster.setupPrimary({ exec: app.script, args: app.args, execArgv: [], silent: true })
  const start = async (): Promise<Worker> => {
    const worker = cluster.fork(env)
    await once(worker, 'listening')
    // Signals are handled a moment later.
    await expect.poll(() => fetch(`http://localhost:${port}/ready`).then(({ ok }) => ok)).toBe(true)
    return worker
  }
  const workers = [await start(), await start()]
  let over = false
  const token = await mintToken({ localUrl: local.url }, { resource })
  const answers: unknown[] = []
  const loading = Promise.all(
    [1, 2, 3, 4].map(async () => {
      while (!over) {
        // Connections are not kept: which process has one is the operating system's to say.
        const headers = { connection: 'close' }
        const posted = await postCall(resource, token, 'whoami', {}, { headers }).catch(() => undefined)
        const error = posted && toolErrorOf(posted)
        const isAnswered = posted?.status === 200 && (!error || NO_TIME.has(error.code))
        answers.push(isAnswered ? (error?.code ?? 'ok') : (posted?.text ?? 'lost'))
      }
    }),
  )
  for (const worker of [...workers]) {
    const next = await start()
    worker.process.kill('SIGINT')
    const [code] = await once(worker, 'exit')
    expect(code).toBe(0)
    workers.push(next)
  }
  over = true
  await loading
  expect(answers.filter((answer) => answer !== 'ok' && !NO_TIME.has(String(answer)))).toEqual([])
  expect(answers.filter((answer) => answer === 'ok').length).toBeGreaterThan(20)
  for (const worker of workers.filter((each) => !each.isDead())) {
    const ended = once(worker, 'exit')
    worker.process.kill('SIGINT')
    await ended
  }
})

test('the function answers what a gateway hands to it', async () => {
  Object.assign(process.env, env)
  const { handler } = (await import('../../deploy/serverless/handler.js')) as {
    handler: (
      event: object,
      context: object,
    ) => Promise<{
      statusCode: number
      headers: Record<string, string>
      body: string
    }>
  }
  const invoke = (method: string, path: string, headers: Record<string, string> = {}, body = '') =>
    handler(
      {
        version: '2.0',
        rawPath: path,
        rawQueryString: '',
        headers: { host: `localhost:${port}`, ...headers },
        requestContext: { http: { method, path, sourceIp: '127.0.0.1' } },
        body,
        isBase64Encoded: false,
      },
      {},
    )
  expect((await invoke('GET', '/health')).statusCode).toBe(200)
  expect((await invoke('POST', '/mcp', { 'content-type': 'application/json' }, '{}')).statusCode).toBe(401)
  const token = await mintToken({ localUrl: local.url }, { resource, scopes: allScopes })
  const send = (method: string, params: object, headers: Record<string, string> = {}) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    return invoke(
      'POST',
      '/mcp',
      {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        ...headers,
      },
      body,
    )
  }
  const answer = await send('tools/call', { name: 'list_environments', arguments: {} })
  expect(answer.statusCode).toBe(200)
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json' })
  expect(answer.body).toContain('env_100000000000000001')

  // A question would wait for an answer to what the client never saw.
  const clientInfo = { name: 'test', version: '1' }
  const initialize = { protocolVersion: '2025-11-25', capabilities: { elicitation: {} }, clientInfo }
  const { 'mcp-session-id': session = '' } = (await send('initialize', initialize)).headers
  expect(session).not.toBe('')
  const target = { environmentId: 'env_100000000000000002', organizationId: 'org_100000000000000011' }
  const call = { name: 'delete_organization', arguments: target }
  expect((await send('tools/call', call, { 'mcp-session-id': session })).body).toContain('person_needed')
})
