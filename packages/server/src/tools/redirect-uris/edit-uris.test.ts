import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let first: ServerUnderTest
let second: ServerUnderTest
beforeAll(async () => {
  first = await startServerUnderTest()
  second = await startServerUnderTest({}, undefined, first)
})
afterAll(async () => {
  await second.close()
  await first.close()
})

const call = (server: ServerUnderTest, token: string, tool: string, uri: string) =>
  server.call('2026-07-28', tool, { environmentId, uri }, { token })
const listed = async () => {
  const { client } = (await first.read('clients/skc_100000000000000001', environmentId)) as {
    client: { post_login_uris: string[] }
  }
  return client.post_login_uris
}
const uris = (kind: string) =>
  Array.from({ length: 20 }, (_, index) => `https://app.example.com/${kind}/${index}`)

describe('edits of one list at the same time', () => {
  test('on two replicas, 20 pairs of additions lose none', async () => {
    const token = await first.token()
    const answers = await Promise.all([
      ...uris('first').map((uri) => call(first, token, 'add_redirect_uri', uri)),
      ...uris('second').map((uri) => call(second, token, 'add_redirect_uri', uri)),
    ])
    expect(answers.flatMap(({ error }) => error ?? [])).toEqual([])
    expect(await listed()).toEqual(expect.arrayContaining([...uris('first'), ...uris('second')]))
  })

  test('on two replicas, additions bring nothing back that is removed meanwhile', async () => {
    const token = await first.token()
    const answers = await Promise.all([
      ...uris('third').map((uri) => call(first, token, 'add_redirect_uri', uri)),
      ...uris('second').map((uri) => call(second, token, 'remove_redirect_uri', uri)),
    ])
    expect(answers.flatMap(({ error }) => error ?? [])).toEqual([])
    const after = await listed()
    expect(after).toEqual(expect.arrayContaining([...uris('first'), ...uris('third')]))
    expect(after.filter((uri) => uris('second').includes(uri))).toEqual([])
  })
})
