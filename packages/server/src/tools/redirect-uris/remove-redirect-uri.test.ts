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
      client: { post_login_uris: string[] }
    }
  ).client

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('remove_redirect_uri over %s', (era) => {
  const remove = (environmentId: string, uri: string, person = typesTheName) =>
    server.call(era, 'remove_redirect_uri', { environmentId, uri }, { person })

  test('removes one URI, and the last one too', async () => {
    const uri = `https://app.example.com/${era}`
    await server.call(era, 'add_redirect_uri', { environmentId: DEV, uri })
    for (const each of (await read(DEV)).post_login_uris) {
      const { result } = await remove(DEV, each)
      expect(result?.client).not.toMatchObject({ redirectUris: expect.arrayContaining([each]) })
    }
    expect((await read(DEV)).post_login_uris).toEqual([])
  })

  test('in PRD only when a person types the name of the client', async () => {
    const uri = `https://app.example.com/${era}`
    await server.call(era, 'add_redirect_uri', { environmentId: PRD, uri }, { person: typesTheName })
    const typed = await remove(PRD, uri, () => ({ action: 'accept', content: { name: 'Other app' } }))
    expect(typed.error).toMatchObject({ code: 'confirmation_mismatch' })
    expect((await read(PRD)).post_login_uris).toContain(uri)
    expect((await remove(PRD, uri)).ok).toBe(true)
    expect((await read(PRD)).post_login_uris).not.toContain(uri)
  })

  test('says so when the URI is not in the list, which stays as it is', async () => {
    const before = await read(DEV)
    const { error } = await remove(DEV, 'javascript:alert(1)')
    expect(error).toMatchObject({
      code: 'not_found',
      nextStep: expect.stringContaining('list_redirect_uris'),
    })
    expect(await read(DEV)).toEqual(before)
  })

  test('in PRD asks nobody about a URI that is not in the list', async () => {
    const args = { environmentId: PRD, uri: 'https://other.example.com/callback' }
    const { error } = await server.call(era, 'remove_redirect_uri', args)
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
