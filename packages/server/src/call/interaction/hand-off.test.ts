import { type Caller, Secret } from '@scalekit-mcp/auth'
import { describe, expect, test } from 'vitest'
import { createKeyValue } from '../../shared/key-value.js'
import { parseSelection } from '../access.js'
import { createHandOffs } from './hand-off.js'

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

/** A call that waits, in a memory that says when it is read. */
async function waitingCall() {
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
    { handOff: 24 * 60 * 60_000, call: 5_500, wait: 24 * 60 * 60_000 },
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
    const waited = handOffs.wait(id, caller, client.signal)
    await read
    client.abort()
    expect(await waited).toEqual({ tool: 'delete_organization', progress: { status: 'waiting' } })
  })

  test('leaves the outcome for the repeated call where the client has gone', async () => {
    const { handOffs, id, outcome } = await waitingCall()
    await handOffs.claim(id)
    await handOffs.settle(id, { status: 'declined' })
    await handOffs.wait(id, caller, AbortSignal.abort())
    expect(await outcome()).toEqual({ status: 'declined' })
    expect(await outcome()).toBeUndefined()
  })
})
