import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'
const client = { [DEV]: 'skc_100000000000000001', [PRD]: 'skc_100000000000000002' }

const read = async (environmentId: typeof DEV | typeof PRD) =>
  (
    (await server.read(`clients/${client[environmentId]}`, environmentId)) as {
      client: { post_logout_redirect_uris: string[]; post_login_uris: string[] }
    }
  ).client

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('add_post_logout_redirect_uri over %s', (era) => {
  const add = (environmentId: string, uri: string) =>
    server.call(era, 'add_post_logout_redirect_uri', { environmentId, uri })

  test('adds a URI for sign-outs, and none for sign-ins', async () => {
    const uri = `https://app.example.com/goodbye/${era}`
    const before = await read(DEV)
    const { result } = await add(DEV, uri)
    expect(result?.client).toMatchObject({
      postLogoutRedirectUris: [...before.post_logout_redirect_uris, uri],
      redirectUris: before.post_login_uris,
    })
    expect(await read(DEV)).toMatchObject({
      post_logout_redirect_uris: [...before.post_logout_redirect_uris, uri],
      post_login_uris: before.post_login_uris,
    })
  })

  test.each(['javascript:alert(1)', 'http://app.example.com/', 'https://app.example.com/?a=b'])(
    'refuses %s',
    async (uri) => {
      expect((await add(DEV, uri)).error).toMatchObject({ code: 'invalid_arguments' })
    },
  )

  test('in PRD waits for a person where the client cannot ask', async () => {
    const uri = `https://app.example.com/goodbye/${era}`
    expect((await add(PRD, uri)).error).toMatchObject({ code: 'person_needed' })
    expect((await read(PRD)).post_logout_redirect_uris).not.toContain(uri)
  })
})
