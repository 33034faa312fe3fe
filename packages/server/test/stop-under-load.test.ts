import { once } from 'node:events'
import { connect } from 'node:net'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'
import { freePort, mintToken, run, untilReady } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { callOverNewConnection } from './fresh-connection.js'

const CALLERS = 24

// As docs/guides/upgrade.md says: a balancer that watches /ready sends nothing more once it answers 503.
test('SIGTERM under load, each call over a new connection: no call is lost while /ready tells the balancer', async () => {
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const token = await mintToken({ localUrl: local.url }, { resource, expires_in: 3600 })
  const outcomes = new Map<number | string, number>()
  try {
    const child = run(['serve'], {
      ...localEnvironment(local, resource),
      PORT: String(port),
      AUDIT_FILE: 'none',
      LOG_LEVEL: 'error',
      INTROSPECTION_URL: '',
      REQUESTS_PER_MINUTE: '1000000',
      SHUTDOWN_DELAY_SECONDS: '5',
    })
    const closed = once(child, 'close')
    const ready = `http://localhost:${port}/ready`
    await untilReady(ready, child, () => '')
    let isSending = true
    let answered = 0
    let answeredWhileStopping = 0
    let isStopping = false
    const load = Array.from({ length: CALLERS }, async () => {
      while (isSending) {
        const outcome = await callOverNewConnection(port, token)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        answered++
        if (isStopping) answeredWhileStopping++
      }
    })
    await expect.poll(() => answered, { interval: 10 }).toBeGreaterThan(300)
    child.kill('SIGTERM')
    isStopping = true
    await expect.poll(async () => (await fetch(ready)).status, { interval: 10 }).toBe(503)
    isSending = false
    await Promise.all(load)
    expect((await closed)[0]).toBe(0)
    expect(answeredWhileStopping).toBeGreaterThan(0)
  } finally {
    await local.close()
  }
  expect([...outcomes.keys()]).toEqual([200])
})

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
})
