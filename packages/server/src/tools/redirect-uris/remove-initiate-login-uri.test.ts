import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'
const client = { [DEV]: 'skc_100000000000000001', [PRD]: 'skc_100000000000000002' }

const read = async (environmentId: typeof DEV | typeof PRD) =>
  (
    (await server.read(`clients/${client[environmentId]}`, environmentId)) as {
      client: { initiate_login_uri: string; post_login_uris: string[] }
    }
  ).client

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('remove_initiate_login_uri over %s', (era) => {
  test('removes the URI and leaves the lists', async () => {
    const uri = 'https://app.example.com/login'
    await server.call(era, 'set_initiate_login_uri', { environmentId: DEV, uri })
    const before = await read(DEV)
    expect(before.initiate_login_uri).toBe(uri)
    const { result } = await server.call(era, 'remove_initiate_login_uri', { environmentId: DEV })
    expect(result?.client).not.toHaveProperty('initiateLoginUri')
    expect(await read(DEV)).toMatchObject({ initiate_login_uri: '', post_login_uris: before.post_login_uris })
  })

  test('in PRD waits for a person where the client cannot ask', async () => {
    const set = { environmentId: PRD, uri: 'https://app.example.com/login' }
    await server.call(era, 'set_initiate_login_uri', set, { person: typesTheName })
    const { error } = await server.call(era, 'remove_initiate_login_uri', { environmentId: PRD })
    expect(error).toMatchObject({ code: 'person_needed' })
  })
})
