import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

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

const call = (server: ServerUnderTest, token: string, tool: string, uri: string): Promise<Answer> =>
  server.call('2026-07-28', tool, { environmentId, uri }, { token })
const listed = async () => {
  const { client } = (await first.read('clients/skc_100000000000000001', environmentId)) as {
    client: { post_login_uris: string[] }
  }
  return client.post_login_uris
}
const uriOf = (kind: string, index: number) => `https://app.example.com/${kind}/${index}`
const uris = (kind: string) => Array.from({ length: 20 }, (_, index) => uriOf(kind, index))

/** Edits on both replicas, five on each at once. */
async function editOnBoth(
  onFirst: (index: number) => Promise<Answer>,
  onSecond: (index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let at = 0; at < 20; at += 5) {
    const edits = [0, 1, 2, 3, 4].flatMap((index) => [onFirst(at + index), onSecond(at + index)])
    answers.push(...(await Promise.all(edits)))
  }
  return answers
}

describe('edits of one list at the same time', () => {
  test('on two replicas, 20 pairs of additions lose none', async () => {
    const token = await first.token()
    const answers = await editOnBoth(
      (index) => call(first, token, 'add_redirect_uri', uriOf('first', index)),
      (index) => call(second, token, 'add_redirect_uri', uriOf('second', index)),
    )
    expect(answers.flatMap(({ error }) => error ?? [])).toEqual([])
    expect(await listed()).toEqual(expect.arrayContaining([...uris('first'), ...uris('second')]))
  })

  test('on two replicas, additions bring nothing back that is removed meanwhile', async () => {
    const token = await first.token()
    const answers = await editOnBoth(
      (index) => call(first, token, 'add_redirect_uri', uriOf('third', index)),
      (index) => call(second, token, 'remove_redirect_uri', uriOf('second', index)),
    )
    expect(answers.flatMap(({ error }) => error ?? [])).toEqual([])
    const after = await listed()
    expect(after).toEqual(expect.arrayContaining([...uris('first'), ...uris('third')]))
    expect(after.filter((uri) => uris('second').includes(uri))).toEqual([])
  })
})
