import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { measure, measureTime } from '../../../test/harness/measure.js'
import { timeouts } from '../src/config/timeouts.js'
import { type BehindFaultyApi, startBehindFaultyApi } from './behind-faulty-api.js'
import type { FaultyApi } from './faulty-api.js'
import { type Posted, postCall, postMessage, toolErrorOf } from './post-message.js'
import { patient, type ServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'

let both: BehindFaultyApi | undefined
let api: FaultyApi
let server: ServerUnderTest
/** Patient, but for an API that does not answer a write. */
const mostlyPatient = { ...patient, silence: 5_000 }

async function use(waits = mostlyPatient): Promise<void> {
  await both?.close()
  both = await startBehindFaultyApi(undefined, waits)
  ;({ api, server } = both)
}
beforeAll(() => use())
afterAll(() => both?.close())
afterEach(() => {
  api.fault = undefined
})

let callers = 0
/** A caller who has called before, so that only the call itself is left to go wrong. */
async function warmCaller(): Promise<string> {
  const token = await server.token({ claims: { client_id: `caller-${callers++}` } })
  await expect.poll(async () => toolErrorOf(await list(token))).toBeUndefined()
  api.seen.length = 0
  return token
}
const list = (token: string) => postCall(server.url, token, 'list_organizations', { environmentId: DEV })
const create = (token: string, name = 'A customer') =>
  postCall(server.url, token, 'create_organization', { environmentId: DEV, name })

const always =
  (status: number, headers: Record<string, string> = {}): FaultyApi['fault'] =>
  (_, res) => {
    res.writeHead(status, headers).end()
    return true
  }
const isWrite = ({ method }: { method?: string }) => method !== 'GET'

describe('how often a call reaches the API', () => {
  test('a read is tried three times at most, and succeeds when the third does', async () => {
    const token = await warmCaller()
    let failures = 0
    api.fault = (_, res) => {
      if (failures++ >= 2) return false
      res.socket?.resetAndDestroy()
      return true
    }
    expect(toolErrorOf(await list(token))).toBeUndefined()
    expect(api.seen).toHaveLength(3)
    api.seen.length = 0
    api.fault = always(503)
    expect(toolErrorOf(await list(token))).toMatchObject({ code: 'upstream_unavailable' })
    expect(api.seen).toHaveLength(3)
    measure('D4', `${api.seen.length} attempts`)
  })

  test.each([
    ['a 500', always(500)],
    ['a 503 that says when', always(503, { 'retry-after': '1' })],
    ['a 429 that says when', always(429, { 'retry-after': '1' })],
    [
      'a reset',
      (_: unknown, res: { socket: { resetAndDestroy(): void } | null }) => {
        res.socket?.resetAndDestroy()
        return true
      },
    ],
    ['no answer', () => true],
  ])('a write is sent once, whatever comes back: %s', async (_, fault) => {
    const token = await warmCaller()
    api.fault = fault as FaultyApi['fault']
    expect(toolErrorOf(await create(token))?.code).toMatch(/^(upstream_|rate_limited)/)
    const attempts = api.seen.filter(isWrite).length
    expect(attempts).toBe(1)
    measure('D5', `${attempts}`)
  })

  test('what the API refuses is not repeated', async () => {
    const token = await warmCaller()
    api.fault = always(404)
    expect(toolErrorOf(await list(token))).toMatchObject({ code: 'not_found' })
    expect(api.seen).toHaveLength(1)
  })

  test('a limit is waited for when it is short, and never tried before; a long one is told to the agent', async () => {
    const token = await warmCaller()
    let limited = true
    api.fault = (_, res) => {
      if (!limited) return false
      limited = false
      res.writeHead(429, { 'retry-after': '1' }).end()
      return true
    }
    expect(toolErrorOf(await list(token))).toBeUndefined()
    const [first, second] = api.seen
    const waited = (second?.at ?? 0) - (first?.at ?? 0)
    const early = waited < 1_000 ? 1 : 0
    expect(early).toBe(0)

    api.seen.length = 0
    api.fault = always(429, { 'retry-after': '30' })
    expect(toolErrorOf(await list(token))).toMatchObject({
      code: 'rate_limited',
      nextStep: 'Wait 30 seconds, then call again.',
    })
    const inHalfAMinute = new Date(Date.now() + 30_000).toUTCString()
    api.fault = always(429, { 'retry-after': inHalfAMinute })
    expect(toolErrorOf(await list(token))?.nextStep).toMatch(/^Wait ([12]\d|30) seconds/)
    expect(api.seen).toHaveLength(2)
    measure('D6', `${early} early retries`)
  })
})

describe('while the API hangs', () => {
  beforeAll(() => use(timeouts))

  test('what ends one call ends no other: a client that leaves is served when it comes back', async () => {
    const token = await warmCaller()
    api.fault = () => true
    const leaving = new AbortController()
    const left = postCall(
      server.url,
      token,
      'list_organizations',
      { environmentId: DEV },
      { signal: leaving.signal },
    )
    await expect.poll(() => api.seen.length).toBeGreaterThan(0)
    leaving.abort()
    await expect(left).rejects.toThrow()
    api.fault = undefined
    const back = await Promise.all(Array.from({ length: 5 }, () => list(token)))
    expect(back.map(toolErrorOf)).toEqual(Array.from({ length: 5 }, () => undefined))
  })

  test('the caller hears of it, and others are served meanwhile', async () => {
    const token = await warmCaller()
    const other = await server.token({ claims: { client_id: 'other' } })
    await postMessage(server.url, other, 'tools/list')
    api.fault = () => true
    const started = performance.now()
    const hanging = Promise.all(
      Array.from({ length: 20 }, async () => {
        const error = toolErrorOf(await list(token))
        return { error, seconds: (performance.now() - started) / 1000 }
      }),
    )
    const lists: number[] = []
    for (let i = 0; i < 100; i++) {
      const asked = performance.now()
      const { message } = await postMessage(server.url, other, 'tools/list')
      expect(message.result?.tools).toBeInstanceOf(Array)
      lists.push(performance.now() - asked)
    }
    for (const { error } of await hanging) expect(error?.code).toMatch(/^upstream_(timeout|unavailable)$/)
    const slowest = Math.max(...(await hanging).map(({ seconds }) => seconds))
    lists.sort((a, b) => a - b)
    measureTime('D2', slowest, 6, 1)
    measureTime('D3', lists[98] ?? 0, 1_000)
  })

  test.each(['2026-07-28', '2025-11-25'] as const)(
    'a client of %s that leaves ends its request to the API',
    async (era) => {
      const token = await warmCaller()
      const leaving = new AbortController()
      let leftAt = 0
      api.fault = () => {
        setTimeout(() => {
          leftAt = performance.now()
          leaving.abort()
        }, 100)
        return true
      }
      await expect(
        postCall(
          server.url,
          token,
          'list_organizations',
          { environmentId: DEV },
          { era, signal: leaving.signal },
        ),
      ).rejects.toThrow(/abort/)
      await expect.poll(() => api.seen[0]?.brokenOffAt).toBeDefined()
      const took = (api.seen[0]?.brokenOffAt ?? Number.NaN) - leftAt
      expect(api.seen).toHaveLength(1)
      measureTime('D19', took, 200)
    },
  )
})

describe('after failures in a row', () => {
  beforeAll(() => use())

  test('calls of that caller pause, and go on after the API has healed', async () => {
    const token = await warmCaller()
    api.fault = always(500)
    for (let i = 0; i < 5; i++) await list(token)
    api.seen.length = 0
    expect(toolErrorOf(await list(token))).toMatchObject({ code: 'upstream_unavailable' })
    expect(api.seen).toHaveLength(0)

    api.fault = undefined
    const healed = performance.now()
    await expect.poll(async () => toolErrorOf(await list(token))).toBeUndefined()
    measureTime('D7', (performance.now() - healed) / 1000, 6, 1)
  })

  test('other callers are served, whatever one of them makes the API do', async () => {
    const failing = await warmCaller()
    const others = await Promise.all(Array.from({ length: 5 }, () => warmCaller()))
    let failingBearer: string | undefined
    api.fault = (req, res) => {
      failingBearer ??= req.headers.authorization
      if (req.headers.authorization !== failingBearer) return false
      res.writeHead(500).end()
      return true
    }
    for (let i = 0; i < 10; i++) {
      expect(toolErrorOf(await list(failing))).toMatchObject({ code: 'upstream_unavailable' })
    }
    const answers = await Promise.all(
      others.map(async (each) => {
        const lists: Posted[] = []
        for (let i = 0; i < 5; i++) lists.push(await list(each))
        return lists
      }),
    )
    const refused = answers.flat().filter(toolErrorOf)
    expect(refused).toHaveLength(0)
    measure('D8', `${refused.length} of ${answers.flat().length}`)
  })

  test('what the API refuses, and answers that cannot be read, pause nothing', async () => {
    const token = await warmCaller()
    api.fault = (_, res) => {
      res.end('<html>')
      return true
    }
    for (let i = 0; i < 8; i++) await list(token)
    api.fault = always(403)
    for (let i = 0; i < 8; i++) await list(token)
    api.fault = undefined
    expect(toolErrorOf(await list(token))).toBeUndefined()
  })
})
