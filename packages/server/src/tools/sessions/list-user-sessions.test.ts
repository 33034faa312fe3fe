import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idsOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'
import { signIn } from '../../../test/sign-in.js'

const environmentId = 'env_100000000000000001'
const ana = 'usr_100000000000000101'
const query = '?toolsets=sessions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_user_sessions over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(era, 'list_user_sessions', { environmentId, userId: ana, ...args }, { query })

  test('lists the sessions of one user, by their state', async () => {
    const first = await signIn(server, 'ana@acme.example')
    const second = await signIn(server, 'ana@acme.example')
    const bens = await signIn(server, 'ben@acme.example')
    await server.sdk(environmentId).session.revokeSession(first.sessionId)
    const all = idsOf(await list())
    expect(all).toEqual(expect.arrayContaining([first.sessionId, second.sessionId]))
    expect(all).not.toContain(bens.sessionId)
    const active = await list({ status: 'active' })
    expect(idsOf(active)).toContain(second.sessionId)
    expect(idsOf(active)).not.toContain(first.sessionId)
    expect(idsOf(await list({ status: 'revoked' }))).toContain(first.sessionId)
  })

  test('gives them in pages', async () => {
    for (let count = 0; count < 2; count++) await signIn(server, 'dev@initech.example')
    const userId = 'usr_100000000000000104'
    const first = await list({ userId, pageSize: 1 })
    const rest = await list({ userId, pageSize: 1, pageToken: first.result?.nextPageToken })
    expect([idsOf(first).length, idsOf(rest).length]).toEqual([1, 1])
    expect(idsOf(first)).not.toEqual(idsOf(rest))
  })

  test('says that there is no such user', async () => {
    expect((await list({ userId: 'usr_1000000000000000999' })).error).toMatchObject({ code: 'not_found' })
  })
})
