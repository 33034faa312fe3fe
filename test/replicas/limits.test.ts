import { afterAll, beforeAll, expect, test } from 'vitest'
import { postMessage } from '../../packages/server/test/post-message.js'
import { measure } from '../harness/measure.js'
import { type Fleet, startFleet } from './fleet.js'

const LIMIT = 100

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({ REQUESTS_PER_MINUTE: String(LIMIT) })
})
afterAll(() => fleet?.stop())

const caller = (name: string) => fleet.token({ claims: { client_id: name } })

/** @returns how many of the requests were admitted; the others have to be 429 */
async function admitted(url: string, token: string, requests: number): Promise<number> {
  const statuses: number[] = []
  let left = requests
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (left-- > 0) {
        statuses.push((await postMessage(url, token, 'ping', {}, { era: '2025-11-25' })).status)
      }
    }),
  )
  expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([])
  return statuses.filter((status) => status === 200).length
}

test('three replicas admit a limit of 100 once, not three times', async () => {
  const token = await caller('everywhere')
  const counts = await Promise.all(fleet.replicas.map(({ url }) => admitted(url, token, LIMIT)))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(LIMIT)
  expect(await admitted(fleet.url, token, 20)).toBe(0)
})

test('without Redis each replica keeps the limit on its own, is ready, says so once, and they meet again', async () => {
  const [replica] = fleet.replicas
  if (!replica) throw new Error('no replica')
  const details = async () => {
    const response = await fetch(replica.url.replace('/mcp', '/ready'))
    return { status: response.status, ...((await response.json()) as { details: { redis: string } }).details }
  }
  await expect.poll(details).toMatchObject({ status: 200, redis: 'connected', api: 'reachable' })

  const [begun, fresh] = [await caller('begun-before'), await caller('begun-after')]
  const before = await admitted(replica.url, begun, 60)
  await fleet.redis.kill()
  const after = await admitted(replica.url, begun, 3 * LIMIT)
  expect(before + after).toBe(LIMIT)
  expect(await admitted(replica.url, fresh, 3 * LIMIT)).toBe(LIMIT)
  expect(await details()).toMatchObject({ status: 200, redis: 'unreachable' })

  await fleet.redis.revive()
  await expect.poll(async () => (await details()).redis).toBe('connected')
  await Promise.all(
    fleet.replicas.map(({ url }) =>
      expect.poll(async () => (await fetch(url.replace('/mcp', '/ready'))).text()).toContain('"connected"'),
    ),
  )
  const together = await caller('together-again')
  const counts = await Promise.all(fleet.replicas.map(({ url }) => admitted(url, together, LIMIT)))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(LIMIT)
  const alerts = () =>
    fleet.replicas.map((each) => each.log().filter(({ alert }) => alert === 'redis').length)
  await expect.poll(alerts).toEqual([1, 1, 1])
  measure(
    'D15',
    `${((before + after) / LIMIT).toFixed(2)}; ${fleet.replicas.length} replicas with Redis: 1.00`,
  )
})
