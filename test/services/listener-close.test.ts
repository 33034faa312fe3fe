import { once } from 'node:events'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { callOverNewConnection } from '../../packages/server/test/fresh-connection.js'
import { freePort, mintToken, run, untilReady } from '../harness/program.js'

const STOPS = 5
const CALLERS = 24

// Nobody watches `/ready` here: the moment at which the listener closes decides alone. `npm test` has the documented way.
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
          const outcome = await callOverNewConnection(port, token)
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
