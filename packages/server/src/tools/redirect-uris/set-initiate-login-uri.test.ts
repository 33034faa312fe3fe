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

describe.each(eras)('set_initiate_login_uri over %s', (era) => {
  const set = (environmentId: string, uri: string) =>
    server.call(era, 'set_initiate_login_uri', { environmentId, uri }, { person: typesTheName })

  test.each([DEV, PRD] as const)('sets the URI in %s and leaves the lists', async (environmentId) => {
    const before = await read(environmentId)
    const uri = `https://app.example.com/login/${era}`
    expect((await set(environmentId, uri)).result?.client).toMatchObject({ initiateLoginUri: uri })
    expect(await read(environmentId)).toMatchObject({
      initiate_login_uri: uri,
      post_login_uris: before.post_login_uris,
    })
  })

  test.each([
    'cursor://anysphere.cursor-mcp/login',
    'https://*.example.com/login',
    'http://app.example.com/login',
  ])('refuses %s: it is one web page', async (uri) => {
    expect((await set(DEV, uri)).error).toMatchObject({ code: 'invalid_arguments' })
  })

  test('localhost is for DEV only', async () => {
    const uri = 'http://localhost:3000/login'
    expect((await set(PRD, uri)).error).toMatchObject({ code: 'invalid_arguments' })
    expect((await set(DEV, uri)).result?.client).toMatchObject({ initiateLoginUri: uri })
  })
})
