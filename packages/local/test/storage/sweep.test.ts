import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLocalScalekit } from '../../src/index.js'
import { signInToApp } from '../api/sign-in.js'
import { MCP_SERVER, register, signIn } from '../oauth/authorization-code.js'

const DAY_MS = 24 * 3600_000
const DEV = 'env_100000000000000001'

let data = ''
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'local-sweep-'))
})
afterAll(() => rm(data, { recursive: true }))

type Counted = 'links' | 'passwordless_requests' | 'auth_requests' | 'ended_sessions' | 'changes'

/** Starts the environment on the same data, some days later, which sweeps; counts the rows of these tables. */
async function rowsAfter(days: number, act?: (url: string) => Promise<unknown>) {
  const local = await createLocalScalekit({
    data,
    port: 0,
    clock: { now: () => Date.now() + days * DAY_MS },
  })
  try {
    await act?.(local.url)
    const { db } = local.database
    const count = async (table: Counted) =>
      Number((await db.selectFrom(table).select(db.fn.countAll().as('n')).executeTakeFirstOrThrow()).n)
    const clients = await db
      .selectFrom('oidc_records')
      .select('id_hash')
      .where('realm', '=', `workspace/${MCP_SERVER}`)
      .where('model', '=', 'Client')
      .execute()
    return {
      links: await count('links'),
      codes: await count('passwordless_requests'),
      attempts: await count('auth_requests'),
      sessions: await count('ended_sessions'),
      changes: await count('changes'),
      clients: clients.length,
    }
  } finally {
    await local.close()
  }
}

async function past(url: string) {
  await register(url)
  await signIn(url)
  const sdk = new Scalekit(`${url}/${DEV}`, 'skc_100000000000000001', 'test_local_secret')
  await sdk.organization.generatePortalLink('org_100000000000000001')
  await sdk.passwordless.sendPasswordlessEmail('ana@acme.example')
  await signInToApp({ url }, 'ana@acme.example')
  await sdk.session.revokeAllUserSessions('usr_100000000000000101')
}

it('keeps the history for ninety days, and what is used', async () => {
  const before = await rowsAfter(0, past)
  expect(before).toMatchObject({ links: 1, codes: 1, sessions: 1, clients: 2 })
  expect(before.attempts).toBeGreaterThan(0)
  expect(before.changes).toBeGreaterThan(0)
  expect(await rowsAfter(80)).toEqual({ ...before, links: 0, codes: 0 })
  expect(await rowsAfter(100)).toEqual({
    links: 0,
    codes: 0,
    attempts: 0,
    sessions: 0,
    changes: 0,
    clients: 2,
  })
  expect(await rowsAfter(400)).toMatchObject({ clients: 0 })
})
