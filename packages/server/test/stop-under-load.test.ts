import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'
import { freePort, mintToken, run, untilReady } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'

const STOPS = 5
const CALLERS = 24

/** One call over a connection of its own. Resolves with its status, or with the code of what broke it. */
function call(port: number, token: string): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: '/mcp',
        method: 'POST',
        agent: false,
        headers: {
          host: `localhost:${port}`,
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
        },
      },
      (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
        response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      },
    )
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    sent.end('{"jsonrpc":"2.0","id":1,"method":"ping"}')
  })
}

test(`SIGTERM under load, each call over a new connection, ${STOPS} times: every call is answered or finds nobody listening`, async () => {
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const token = await mintToken({ localUrl: local.url }, { resource, expires_in: 3600 })
  const outcomes = new Map<number | string, number>()
  try {
    for (let stop = 0; stop < STOPS; stop++) {
      const child = run(['serve'], {
        ...localEnvironment(local, resource),
        PORT: String(port),
        AUDIT_FILE: 'none',
        LOG_LEVEL: 'error',
        INTROSPECTION_URL: '',
        REQUESTS_PER_MINUTE: '1000000',
        SHUTDOWN_DELAY_SECONDS: '0',
      })
      const closed = once(child, 'close')
      await untilReady(`http://localhost:${port}/ready`, child, () => '')
      let answered = 0
      const load = Array.from({ length: CALLERS }, async () => {
        for (;;) {
          const outcome = await call(port, token)
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
          if (outcome === 'ECONNREFUSED') return
          answered++
        }
      })
      await expect.poll(() => answered, { interval: 10 }).toBeGreaterThan(300)
      child.kill('SIGTERM')
      await Promise.all(load)
      const [code] = await closed
      expect(code).toBe(0)
    }
  } finally {
    await local.close()
  }
  expect([...outcomes.keys()].sort()).toEqual([200, 'ECONNREFUSED'])
}, 180_000)

test('a connection without a request does not hold up a stop', async () => {
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const child = run(['serve'], {
    ...localEnvironment(local, resource),
    PORT: String(port),
    AUDIT_FILE: 'none',
    SHUTDOWN_DELAY_SECONDS: '0',
  })
  const closed = once(child, 'close')
  await untilReady(`http://localhost:${port}/ready`, child, () => '')
  const silent = connect(port, '127.0.0.1')
  await once(silent, 'connect')
  child.kill('SIGTERM')
  const [hadError] = await once(silent.resume(), 'close')
  expect(hadError).toBe(false)
  const [code] = await closed
  expect(code).toBe(0)
  await local.close()
}, 20_000)
