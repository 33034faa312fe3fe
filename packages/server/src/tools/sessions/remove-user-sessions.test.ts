import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  type Person,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'
import { signIn } from '../../../test/sign-in.js'

const environmentId = 'env_100000000000000001'
const ana = 'usr_100000000000000101'
const query = '?toolsets=sessions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('remove_user_sessions over %s', (era) => {
  const remove = (userId: string, person?: Person) =>
    server.call(era, 'remove_user_sessions', { environmentId, userId }, { query, ...(person && { person }) })

  test('ends all sessions of one user, and only of that one', async () => {
    const anas = [await signIn(server, 'ana@acme.example'), await signIn(server, 'ana@acme.example')]
    const bens = await signIn(server, 'ben@acme.example')
    const declined = await remove(ana, () => ({ action: 'decline' }))
    expect(declined.error).toMatchObject({ code: 'confirmation_declined' })
    expect(await bens.refresh()).toBe(200)
    expect((await remove(ana, typesTheName)).result).toEqual({ removedSessions: 2 })
    for (const session of anas) expect(await session.refresh()).toBe(400)
    const { sessions } = await server.sdk(environmentId).session.getUserSessions(ana)
    expect(sessions.filter(({ status }) => status === 'active')).toEqual([])
    const { status } = await server.sdk(environmentId).session.getSession(bens.sessionId)
    expect(status).toBe('active')
  })

  test('says that there is no such user', async () => {
    expect((await remove('usr_1000000000000000999')).error).toMatchObject({ code: 'not_found' })
  })
})
