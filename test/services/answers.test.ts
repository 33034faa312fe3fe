import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Posted, postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import { type ServerUnderTest, startServerUnderTest } from '../../packages/server/test/server-under-test.js'
import { type RedisServer, startRedis } from '../harness/redis.js'

const PRD = 'env_100000000000000002'

let redis: RedisServer
let one: ServerUnderTest
let two: ServerUnderTest
beforeAll(async () => {
  redis = await startRedis()
  const env = { REDIS_URL: redis.url, STATE_KEY: 'the-same-key-on-every-replica-0123456789' }
  one = await startServerUnderTest(env)
  two = await startServerUnderTest(env, undefined, one)
})
afterAll(async () => {
  await two?.close()
  await one?.close()
  await redis?.stop()
})

const newOrganization = async (name: string) => {
  const { organization } = await one.sdk(PRD).organization.createOrganization(name)
  return organization?.id ?? ''
}

/** A delete that asks its client; the returned function sends the person's answer to a replica. */
async function askedToDelete(name: string): Promise<(replica: ServerUnderTest) => Promise<Posted>> {
  const token = await one.token()
  const args = { environmentId: PRD, organizationId: await newOrganization(name) }
  const send = (replica: ServerUnderTest, params = {}) =>
    postCall(replica.url, token, 'delete_organization', args, {
      era: '2026-07-28',
      capabilities: { elicitation: {} },
      params,
    })
  const { requestState } = (await send(one)).message.result ?? {}
  expect(requestState).toEqual(expect.any(String))
  const inputResponses = { confirmation: { action: 'accept', content: { name } } }
  return (replica) => send(replica, { requestState, inputResponses })
}

const isDeleted = ({ message }: Posted) => Object(message.result?.structuredContent).deleted === true

test('of two answers at two replicas at the same time one is used', async () => {
  const answer = await askedToDelete('Answered twice')
  const both = await Promise.all([answer(one), answer(two)])
  expect(both.filter(isDeleted)).toHaveLength(1)
})

test('an answer is not accepted without Redis, changes nothing, and is good again with Redis', async () => {
  const answer = await askedToDelete('Answered without Redis')
  await redis.kill()
  const refused = toolErrorOf(await answer(two))
  expect(refused).toMatchObject({
    code: 'confirmation_unavailable',
    nextStep: expect.stringContaining('Nothing was changed'),
  })
  await redis.revive()
  await expect.poll(async () => isDeleted(await answer(two))).toBe(true)
})
