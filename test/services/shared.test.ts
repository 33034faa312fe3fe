import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConversation } from '../../packages/server/test/conversation.js'
import { type FaultyApi, startFaultyApi } from '../../packages/server/test/faulty-api.js'
import {
  type Era,
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../packages/server/test/server-under-test.js'
import { freePort } from '../harness/program.js'
import { findRedis } from '../harness/redis.js'

const environmentId = 'env_100000000000000001'

let redis: Awaited<ReturnType<typeof findRedis>>
let introspection: FaultyApi
let one: ServerUnderTest
let two: ServerUnderTest
let metricsPort: number
beforeAll(async () => {
  redis = await findRedis()
  const env = async (localUrl: string) => {
    introspection ??= await startFaultyApi(localUrl)
    return {
      REDIS_URL: redis.url,
      STATE_KEY: 'the-same-key-on-every-replica-0123456789',
      INTROSPECTION_URL: `${introspection.url}/workspace/oauth/introspect`,
    }
  }
  metricsPort = await freePort()
  one = await startServerUnderTest(async (localUrl) => ({
    ...(await env(localUrl)),
    METRICS_PORT: String(metricsPort),
  }))
  two = await startServerUnderTest(env, undefined, one)
})
afterAll(async () => {
  await two?.close()
  await one?.close()
  await introspection?.close()
  await redis?.stop()
})

const create = (server: ServerUnderTest, name: string, idempotencyKey: string, era: Era = eras[0]) =>
  server.call(era, 'create_organization', { environmentId, name, idempotencyKey })

describe.each(eras)('a key of %s on two replicas', (era) => {
  test('gives the first result on both, also to calls at the same time', async () => {
    const key = randomUUID()
    const answers = await Promise.all([one, two, one, two].map((server) => create(server, 'Once', key, era)))
    expect(new Set(answers.map((answer) => idOf(answer, 'organization'))).size).toBe(1)
  })

  test('is refused on the other for other arguments', async () => {
    const key = randomUUID()
    await create(one, 'First', key, era)
    expect((await create(two, 'Second', key, era)).error).toMatchObject({ code: 'idempotency_conflict' })
  })

  test('whose outcome is unknown is not sent again by the other', async () => {
    const key = randomUUID()
    await fetch(`${one.local.url}/__local/faults`, {
      method: 'POST',
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ match: { method: 'POST', path: '/api/v1/organizations' }, drop: 'after' }),
    })
    expect((await create(one, 'Unknown', key, era)).error).toMatchObject({ code: 'upstream_unavailable' })
    const before = await one.upstreamRequests()
    expect((await create(two, 'Unknown', key, era)).error).toMatchObject({
      code: 'upstream_unavailable',
      nextStep: expect.stringContaining('new idempotencyKey'),
    })
    expect(await one.upstreamRequests()).toBeLessThanOrEqual(before + 2)
  })

  test('may be used again on the other after a refusal that changed nothing', async () => {
    const args = {
      environmentId,
      organizationId: 'org_999',
      email: 'a@example.com',
      idempotencyKey: randomUUID(),
    }
    for (const server of [one, two]) {
      expect((await server.call(era, 'create_organization_user', args)).error).toMatchObject({
        code: 'not_found',
      })
    }
  })
})

test('a replica shares from its first answer on, also when Redis takes its time to connect', async () => {
  const { port, hostname } = new URL(redis.url)
  const slow = createServer((socket) => {
    socket.on('error', () => undefined)
    setTimeout(() => socket.pipe(connect(Number(port), hostname)).pipe(socket), 300)
  }).listen(0)
  await once(slow, 'listening')
  const env = {
    REDIS_URL: `redis://127.0.0.1:${(slow.address() as AddressInfo).port}`,
    STATE_KEY: 'the-same-key-on-every-replica-0123456789',
  }
  const late = await startServerUnderTest(env, undefined, one)
  try {
    const answer = await (await fetch(new URL('/ready', late.url))).json()
    expect(answer).toMatchObject({ details: { redis: 'connected' } })
  } finally {
    await late.close()
    slow.close()
  }
})

test('a metric says whether Redis is there', async () => {
  const scrape = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  expect(scrape).toContain('scalekit_mcp_redis_connected 1')
})

test('nobody reads a result in Redis, and nothing is there for ever', async () => {
  const name = `Sealed ${randomUUID()}`
  const organization = idOf(await create(one, name, randomUUID()), 'organization')
  const client = new Redis(redis.url)
  try {
    const keys = await client.keys('scalekit-mcp:*')
    expect(keys.length).toBeGreaterThan(2)
    const values = await Promise.all(keys.map((key) => client.get(key)))
    const bytes = values
      .map((value) => `${value} ${Buffer.from(value ?? '', 'base64').toString()}`)
      .join('\n')
    for (const part of [name, organization, 'admin@example.com']) {
      expect(`${keys.join('\n')}\n${bytes}`).not.toContain(part)
    }
    expect((await Promise.all(keys.map((key) => client.pttl(key)))).filter((left) => left < 0)).toEqual([])
  } finally {
    client.disconnect()
  }
})

test('nobody reads a person’s answer on its way through Redis, which keeps nothing of it', async () => {
  const name = `Answered ${randomUUID()}`
  const organizationId = idOf(await create(one, name, randomUUID()), 'organization')
  const [client, listener] = [new Redis(redis.url), new Redis(redis.url)]
  try {
    await listener.psubscribe('scalekit-mcp:answers:*')
    const heard = once(listener, 'pmessage')
    const token = await one.token()
    const args = { environmentId, organizationId }
    const asked = await openConversation(one.url, token, 'delete_organization', args)
    const questions = await client.keys('scalekit-mcp:question:*')
    expect(questions).toHaveLength(1)
    expect((await Promise.all(questions.map((key) => client.pttl(key)))).filter((left) => left < 0)).toEqual(
      [],
    )
    const answer = { result: { action: 'accept', content: { name } } }
    expect((await asked.reply(answer, { url: two.url })).status).toBe(202)
    expect(await asked.result()).toMatchObject({ deleted: true })
    const [, , message] = await heard
    const text = `${message} ${Buffer.from(String(message).split(' ')[1] ?? '', 'base64url')} ${questions}`
    for (const part of [name, 'accept', asked.question.id, asked.session]) expect(text).not.toContain(part)
    await expect.poll(() => client.keys('scalekit-mcp:question:*')).toEqual([])
  } finally {
    client.disconnect()
    listener.disconnect()
  }
})

test('a token that one replica was told is revoked is refused by the other, which cannot ask', async () => {
  const token = await one.token({ claims: { client_id: 'skc_100000000000000000' } })
  const revoked = await fetch(`${one.local.url}/workspace/oauth/revoke`, {
    method: 'POST',
    body: new URLSearchParams({
      token,
      client_id: 'skc_100000000000000000',
      client_secret: 'test_local_secret',
    }),
  })
  expect(revoked.status).toBe(200)
  await expect(one.call('2026-07-28', 'whoami', {}, { token })).rejects.toThrow()
  await introspection.kill()
  try {
    await expect(two.call('2026-07-28', 'whoami', {}, { token })).rejects.toThrow()
    expect((await two.call('2026-07-28', 'whoami', {}, { token: await two.token() })).ok).toBe(true)
  } finally {
    await introspection.revive()
  }
})
