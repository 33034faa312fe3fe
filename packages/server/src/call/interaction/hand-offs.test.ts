import { type Caller, Secret } from '@scalekit-mcp/auth'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createKeyValue } from '../../shared/key-value.js'
import { parseSelection } from '../access.js'
import { createHandOffs } from './hand-offs.js'

const caller: Caller = {
  issuer: 'https://acme.scalekit.com',
  subject: 'usr_1',
  clientId: 'mcp_1',
  scopes: new Set(),
  audience: [],
  expiresAt: 0,
  claims: {},
  token: new Secret(''),
}
const selection = parseSelection(new URLSearchParams())

const day = 24 * 60 * 60_000

/** A call that waits, in a memory that says when it is read. */
async function waitingCall(handOffMs = day) {
  const kept = createKeyValue()
  const readers = new Set<() => void>()
  const handOffs = createHandOffs(
    {
      ...kept,
      get(key) {
        for (const read of readers) read()
        return kept.get(key)
      },
    },
    (id) => `https://mcp.acme.com/hand-off/${id}`,
    // A wait that nothing ends fails the test.
    { handOff: handOffMs, call: 5_500, wait: day },
  )
  const args = { named: {}, resolved: {} }
  const call = handOffs.forCall({ caller, tool: 'delete_organization', selection })
  const { handOff } = await call.open(args)
  const outcome = () => call.outcome(args.resolved)
  const isRead = () => new Promise<void>((resolve) => readers.add(resolve))
  return { handOffs, id: handOff.id, outcome, isRead }
}

describe('waiting for a person', () => {
  test('ends when the client has gone', async () => {
    const { handOffs, id, isRead } = await waitingCall()
    const client = new AbortController()
    const read = isRead()
    const waited = handOffs.wait(id, { caller }, client.signal)
    await read
    client.abort()
    expect(await waited).toEqual({ tool: 'delete_organization', progress: { status: 'waiting' } })
  })

  test('leaves the outcome for the repeated call where the client has gone', async () => {
    const { handOffs, id, outcome } = await waitingCall()
    await handOffs.claim(id)
    await handOffs.settle(id, { status: 'declined' })
    await handOffs.wait(id, { caller }, AbortSignal.abort())
    expect(await outcome()).toEqual({ status: 'declined' })
    expect(await outcome()).toBeUndefined()
  })
})

describe('a call whose process ended after the person had confirmed it', () => {
  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  const unknown = { status: 'failed', error: { code: 'upstream_timeout' } }

  test('runs until its deadline, and has an unknown outcome after that', async () => {
    const { handOffs, id, outcome } = await waitingCall()
    await handOffs.claim(id)
    later(5.5)
    expect(await handOffs.progress(id)).toEqual({ status: 'running' })
    expect(await outcome()).toBeUndefined()
    later(60)
    expect(await handOffs.claim(id)).toBe(false)
    expect(await outcome()).toMatchObject(unknown)
    expect(await handOffs.progress(id)).toMatchObject(unknown)
  })

  test('is still known when it was confirmed at the last moment', async () => {
    const { handOffs, id, outcome } = await waitingCall(900_000)
    later(899)
    await handOffs.claim(id)
    later(60)
    expect(await outcome()).toMatchObject(unknown)
    const { signal } = new AbortController()
    expect(await handOffs.wait(id, { caller }, signal)).toMatchObject({ progress: unknown })
  })
})
