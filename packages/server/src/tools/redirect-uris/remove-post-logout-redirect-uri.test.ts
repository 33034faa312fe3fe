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

describe.each(eras)('remove_post_logout_redirect_uri over %s', (era) => {
  const remove = (environmentId: string, uri: string) =>
    server.call(era, 'remove_post_logout_redirect_uri', { environmentId, uri })

  test('removes a URI of sign-outs, and none of sign-ins', async () => {
    const uri = `https://app.example.com/${era}`
    await server.call(era, 'add_redirect_uri', { environmentId: DEV, uri })
    await server.call(era, 'add_post_logout_redirect_uri', { environmentId: DEV, uri })
    expect((await remove(DEV, uri)).ok).toBe(true)
    const after = await read(DEV)
    expect(after.post_logout_redirect_uris).not.toContain(uri)
    expect(after.post_login_uris).toContain(uri)
  })

  test('says so when the URI is not in the list', async () => {
    const { error } = await remove(DEV, 'https://never.example.com/')
    expect(error).toMatchObject({ code: 'not_found' })
  })

  test('in PRD waits for a person where the client cannot ask', async () => {
    const { error } = await remove(PRD, 'http://localhost:3000/')
    expect(error).toMatchObject({ code: 'person_needed' })
    expect((await read(PRD)).post_logout_redirect_uris).toContain('http://localhost:3000/')
  })
})
