import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'
import { signIn } from '../../../test/sign-in.js'

const environmentId = 'env_100000000000000001'
const query = '?toolsets=sessions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('get_session over %s', (era) => {
  const get = (sessionId: string, environment = environmentId) =>
    server.call(era, 'get_session', { environmentId: environment, sessionId }, { query })

  test('gives whose session it is and where it is signed in; in its own environment only', async () => {
    const { sessionId } = await signIn(server, 'ana@acme.example')
    expect((await get(sessionId)).result?.session).toMatchObject({
      id: sessionId,
      userId: 'usr_100000000000000101',
      organizationId: 'org_100000000000000001',
      status: 'active',
      clientIds: ['skc_100000000000000001'],
      createdAt: expect.stringMatching(/Z$/),
    })
    expect((await get(sessionId, 'env_100000000000000002')).error).toMatchObject({ code: 'not_found' })
  })

  test('says that there is no such session', async () => {
    expect((await get('ses_999')).error).toMatchObject({ code: 'not_found' })
  })
})
