import { afterAll, beforeAll, expect, test } from 'vitest'
import { measure } from '../harness/measure.js'
import { type Fleet, startFleet } from './fleet.js'
import { type Load, type Outcome, startLoad, timesCreated } from './load.js'

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet({ REQUESTS_PER_MINUTE: '1000000', LOG_LEVEL: 'warn' })
})
afterAll(() => fleet?.stop())

const moreAnswers = async (load: Load, count: number) => {
  const from = load.right()
  await expect.poll(() => load.right() - from).toBeGreaterThan(count)
}

/** Every answer was right, every create happened at most once, and all its answers name the same object. */
async function nothingWrong({ wrong, failed, creates }: Outcome): Promise<void> {
  expect(wrong).toEqual([])
  expect(failed).toBe(0)
  const times = await timesCreated(fleet)
  expect(creates.filter(({ name }) => (times.get(name) ?? 0) > 1)).toEqual([])
  expect(creates.filter(({ name, answers }) => answers.length > 0 && times.get(name) !== 1)).toEqual([])
  expect(creates.filter(({ answers }) => new Set(answers).size > 1)).toEqual([])
  expect(creates.filter(({ answers }) => answers.length === 2).length).toBeGreaterThan(10)
}

// The steps of docs/guides/upgrade.md: out of nginx, SIGTERM, start the new one, wait for /ready, back, then the next replica.
test('each replica is restarted twice in turn under load, and no call is lost', async () => {
  const load = await startLoad(fleet)
  for (const replica of [...fleet.replicas, ...fleet.replicas]) {
    await moreAnswers(load, 20)
    await fleet.nginx.setDown(replica.port, true)
    expect(await replica.end('SIGTERM')).toBe(0)
    await replica.start()
    await fleet.nginx.setDown(replica.port, false)
  }
  await moreAnswers(load, 20)
  const outcome = await load.stop()
  expect(outcome.lost, fleet.nginx.log()).toBe(0)
  await nothingWrong(outcome)
})

test('a replica ends while nginx still sends it requests: no wrong answer, and no create happens twice', async () => {
  const load = await startLoad(fleet)
  for (const replica of fleet.replicas) {
    await moreAnswers(load, 20)
    expect(await replica.end('SIGTERM')).toBe(0)
    await replica.start()
  }
  await moreAnswers(load, 20)
  const outcome = await load.stop()
  // Of the connections that reach the kernel in the moment in which a listener closes.
  expect(outcome.lost, fleet.nginx.log()).toBeLessThan(8)
  await nothingWrong(outcome)
})

test('a replica is killed under load: no wrong answer, and no create happens twice', async () => {
  const load = await startLoad(fleet)
  await moreAnswers(load, 20)
  await fleet.replicas[1]?.end('SIGKILL')
  await moreAnswers(load, 40)
  await fleet.replicas[1]?.start()
  await moreAnswers(load, 20)
  await nothingWrong(await load.stop())
})

test('Redis is killed and comes back under load, twice, and no request fails', async () => {
  const load = await startLoad(fleet)
  for (let round = 0; round < 2; round++) {
    await moreAnswers(load, 40)
    await fleet.redis.kill()
    await moreAnswers(load, 40)
    await fleet.redis.revive()
  }
  await moreAnswers(load, 40)
  const outcome = await load.stop()
  expect(outcome.lost, fleet.nginx.log()).toBe(0)
  await nothingWrong(outcome)
  measure('D14', `${outcome.failed} of ${outcome.right}`)
})
