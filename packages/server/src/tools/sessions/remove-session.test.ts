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
const query = '?toolsets=sessions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('remove_session over %s', (era) => {
  const remove = (sessionId: string, person?: Person, environment = environmentId) =>
    server.call(
      era,
      'remove_session',
      { environmentId: environment, sessionId },
      { query, ...(person && { person }) },
    )

  test('ends one session with its tokens after a person typed whose it is', async () => {
    const session = await signIn(server, 'ana@acme.example')
    const other = await signIn(server, 'ana@acme.example')
    const wrong = await remove(session.sessionId, () => ({ action: 'accept', content: { name: 'ben' } }))
    expect(wrong.error).toMatchObject({ code: 'confirmation_mismatch' })
    const asked: string[] = []
    const { result } = await remove(session.sessionId, (message) => {
      asked.push(message)
      return typesTheName(message)
    })
    expect(result).toEqual({ removed: true })
    expect(asked).toEqual([expect.stringContaining(': ana@acme.example')])
    const { session: api } = server.sdk(environmentId)
    expect(await api.getSession(session.sessionId)).toMatchObject({ status: 'revoked' })
    expect(await api.getSession(other.sessionId)).toMatchObject({ status: 'active' })
    expect(await session.refresh()).toBe(400)
    expect(await other.refresh()).toBe(200)
  })

  test('reaches no session of another environment', async () => {
    const session = await signIn(server, 'ana@acme.example')
    const { error } = await remove(session.sessionId, typesTheName, 'env_100000000000000002')
    expect(error).toMatchObject({ code: 'not_found' })
    expect(await session.refresh()).toBe(200)
  })

  test('says that there is no such session', async () => {
    expect((await remove('ses_999')).error).toMatchObject({ code: 'not_found' })
  })
})
