import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  eras,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../packages/server/test/server-under-test.js'
import { freePort } from '../harness/program.js'
import { type RedisServer, startRedis } from '../harness/redis.js'

const environmentId = 'env_100000000000000001'
const [era] = eras
/** How long a command waits for Redis. */
const COMMAND_MS = 1_000
const CALLS = 10

let redis: RedisServer
let server: ServerUnderTest
let metricsPort: number
beforeAll(async () => {
  redis = await startRedis()
  metricsPort = await freePort()
  server = await startServerUnderTest({
    REDIS_URL: redis.url,
    STATE_KEY: 'the-same-key-on-every-replica-0123456789',
    METRICS_PORT: String(metricsPort),
  })
})
afterAll(async () => {
  await server?.close()
  await redis?.stop()
})

const read = () => server.call(era, 'list_organizations', { environmentId, pageSize: 1 })
const create = () =>
  server.call(era, 'create_organization', { environmentId, name: 'Hang', idempotencyKey: randomUUID() })

async function redisDetail(): Promise<string> {
  const response = await fetch(new URL('/ready', server.url))
  return ((await response.json()) as { details: { redis: string } }).details.redis
}

async function redisMetric(): Promise<string | undefined> {
  const scrape = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  return /^scalekit_mcp_redis_connected (\d)/m.exec(scrape)?.[1]
}

const alerts = () => server.log.filter((line) => line.includes('"alert":"redis"'))

test('a Redis that accepts and never answers is treated as down after a few commands, and used again when it answers', async () => {
  expect((await create()).ok).toBe(true)
  expect(await redisDetail()).toBe('connected')

  redis.pause()
  await expect
    .poll(async () => {
      expect((await read()).ok).toBe(true)
      return redisDetail()
    })
    .toBe('unreachable')
  const start = performance.now()
  for (let call = 0; call < CALLS; call++) expect((await read()).ok).toBe(true)
  expect(performance.now() - start).toBeLessThan(CALLS * COMMAND_MS)
  // As with a Redis that is down: a key is for one create on all replicas, which nobody can know now.
  expect((await create()).error).toMatchObject({ code: 'idempotency_unavailable' })
  expect(await redisMetric()).toBe('0')
  expect(await redisDetail()).toBe('unreachable')
  expect(alerts()).toHaveLength(1)

  redis.resume()
  await expect.poll(redisDetail).toBe('connected')
  expect(await redisMetric()).toBe('1')
  expect((await create()).ok).toBe(true)
  expect(alerts()).toHaveLength(1)
  expect(server.log.filter((line) => line.includes('Redis is back'))).toHaveLength(1)
})
