import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Conversation, openConversation } from '../../packages/server/test/conversation.js'
import {
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../packages/server/test/server-under-test.js'
import { type RedisServer, startRedis } from '../harness/redis.js'

const environmentId = 'env_100000000000000002'

let redis: RedisServer
let server: ServerUnderTest | undefined
beforeEach(async () => {
  redis = await startRedis()
})
afterEach(async () => {
  await server?.close()
  server = undefined
  await redis.stop()
})

const start = () =>
  startServerUnderTest({ REDIS_URL: redis.url, STATE_KEY: 'the-same-key-on-every-replica-0123456789' })

async function ask(at: ServerUnderTest): Promise<Conversation> {
  const created = await at.call('2026-07-28', 'create_organization', { environmentId, name: 'Acme' })
  const args = { environmentId, organizationId: idOf(created, 'organization') }
  return openConversation(at.url, await at.token(), 'delete_organization', args)
}

test('a Redis that does not let a replica subscribe is asked again, until it does', async () => {
  const administrator = new Redis(redis.url)
  await administrator.acl('SETUSER', 'default', '-subscribe')
  server = await start()
  await expect(ask(server)).rejects.toThrow('confirmation_unavailable')
  expect(server.log.filter((line) => line.includes('does not let this replica subscribe'))).not.toEqual([])

  await administrator.acl('SETUSER', 'default', '+subscribe')
  let asked: Conversation | undefined
  const asks = async (at: ServerUnderTest) => {
    asked = await ask(at).catch(() => undefined)
    return asked !== undefined
  }
  await expect.poll(() => server && asks(server)).toBe(true)
  await asked?.reply({ result: { action: 'accept', content: { name: 'Acme' } } })
  expect(await asked?.result()).toMatchObject({ deleted: true })
  administrator.disconnect()
})

test('a Redis that falls silent while a person is asked is noticed, and the call ends', async () => {
  server = await start()
  const asked = await ask(server)
  redis.pause()
  expect(await asked.result()).toMatchObject({ error: { code: 'confirmation_unavailable' } })
  redis.resume()
})
