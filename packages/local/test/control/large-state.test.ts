import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLocalScalekit, type LocalScalekit, type Seed } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'

const ENVIRONMENT = 'env_100000000000000001'
const COUNT = 5_000
const id = (prefix: string, index: number) => `${prefix}_${200_000_000_000_000_000n + BigInt(index)}`

const seed: Seed = {
  version: 1,
  workspace: {},
  environments: [
    {
      id: ENVIRONMENT,
      display_name: 'Large',
      type: 'DEV',
      organizations: Array.from({ length: COUNT }, (_, index) => ({
        id: id('org', index),
        display_name: `Customer ${index}`,
        external_id: `customer-${index}`,
      })),
      users: Array.from({ length: COUNT }, (_, index) => ({
        id: id('usr', index),
        email: `person@customer-${index}.example`,
        memberships: [{ organization: id('org', index), roles: ['member'] }],
      })),
    },
  ],
}

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0, seed })
})
afterAll(() => local?.close())

const headers = { 'x-scalekit-local': '1' }
const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${local.url}/__local/${path}`, { ...init, headers: { ...headers, ...init.headers } })

/** Begins to read the state, and resolves with the answer when its head is there. */
function beginExport(accept: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(`${local.url}/__local/state`, { headers: { ...headers, accept } }, resolve)
      .once('error', reject)
      .end()
  })
}

describe(`a state of ${COUNT} organizations and users`, () => {
  test.each(['application/json', 'application/yaml'])(
    'is exported as %s in many slices, and other requests are answered in between',
    async (accept) => {
      const exported = await beginExport(accept)
      let bytes = 0
      let ended = false
      const whole = new Promise<void>((resolve) => exported.once('end', resolve)).then(() => {
        ended = true
      })
      let answeredBefore = 0
      exported.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      while (!ended) {
        const { status } = await ask('health')
        expect(status).toBe(200)
        if (!ended) answeredBefore++
      }
      await whole
      expect(bytes).toBeGreaterThan(COUNT * 200)
      expect(answeredBefore).toBeGreaterThan(0)
      expect(exported.headers['content-length']).toBeUndefined()
    },
    60_000,
  )

  test.each(['application/json', 'application/yaml'])(
    'is the same after an import of its export as %s',
    async (type) => {
      const before = await (await ask('state', { headers: { accept: type } })).text()
      const imported = await ask('state', { method: 'PUT', headers: { 'content-type': type }, body: before })
      expect(imported.status).toBe(200)
      expect(await (await ask('state', { headers: { accept: type } })).text()).toBe(before)
    },
    60_000,
  )

  test('comes back from a snapshot', async () => {
    const before = await (await ask('state')).text()
    expect((await ask('snapshots/large', { method: 'POST' })).status).toBe(200)
    await local.database.db.deleteFrom('organizations').execute()
    expect((await ask('snapshots/large/restore', { method: 'PUT' })).status).toBe(200)
    expect(await (await ask('state')).text()).toBe(before)
  })

  test('shows one moment: what changes during an export is in it entirely or not at all', async () => {
    const exported = beginExport('application/json')
    const changing = local.database.transaction(async (db) => {
      await db
        .deleteFrom('memberships')
        .where('user_id', '=', id('usr', COUNT - 1))
        .execute()
      await db
        .deleteFrom('users')
        .where('id', '=', id('usr', COUNT - 1))
        .execute()
      await db
        .deleteFrom('organizations')
        .where('id', '=', id('org', COUNT - 1))
        .execute()
    })
    let text = ''
    for await (const chunk of (await exported).setEncoding('utf8')) text += chunk
    await changing
    const hasUser = text.includes(id('usr', COUNT - 1))
    expect(text.includes(`"id":"${id('org', COUNT - 1)}"`)).toBe(hasUser)
    await local.reset()
  })
})
