import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { type Posted, postCall, toolErrorOf } from './post-message.js'
import { addAdministrator, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest({ REQUESTS_PER_MINUTE: '1000000' })
})
afterAll(() => server.close())

/** For every character of a sealed string, the string with one of its six lower bits flipped, each bit in turn. */
const bitFlips = (sealed: string) =>
  [...sealed].flatMap((character, at) =>
    Array.from({ length: 6 }, (_, bit) =>
      String.fromCharCode(character.charCodeAt(0) ^ (1 << ((at + bit) % 6))),
    )
      .filter((flipped) => /[!-~]/.test(flipped))
      .slice(0, 1)
      .map((flipped) => sealed.slice(0, at) + flipped + sealed.slice(at + 1)),
  )

async function inParallel<Item, Value>(
  items: readonly Item[],
  run: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const results: Value[] = []
  for (let at = 0; at < items.length; at += 20)
    results.push(...(await Promise.all(items.slice(at, at + 20).map(run))))
  return results
}

describe('a page token', () => {
  const list = (token: string, args: Record<string, unknown>, tool = 'list_organizations') =>
    postCall(server.url, token, tool, { environmentId: DEV, pageSize: 1, ...args })
  const pageTokenOf = ({ message }: Posted) =>
    (message.result?.structuredContent as { nextPageToken?: string } | undefined)?.nextPageToken ?? ''

  test('leads its caller on through its list, and nobody anywhere else', async () => {
    const token = await server.token()
    const first = await list(token, {})
    const pageToken = pageTokenOf(first)
    const second = await list(token, { pageToken, pageSize: 2 })
    expect(toolErrorOf(second)).toBeUndefined()
    expect(second.text).not.toBe(first.text)

    const others = await Promise.all([
      list(await server.token({ claims: { client_id: 'another_client' } }), { pageToken }),
      list(await server.token({ subject: 'viewer@example.com' }), { pageToken }),
      list(token, { pageToken, environmentId: PRD }),
      list(token, { pageToken, organizationId: 'org_100000000000000001' }, 'list_organization_users'),
      list(token, { pageToken: pageToken.split('.')[2] }),
    ])
    for (const posted of others) {
      expect(toolErrorOf(posted)).toMatchObject({
        code: 'invalid_arguments',
        message: expect.stringContaining('pageToken'),
      })
    }
    const flipped = await inParallel(bitFlips(pageToken), (flip) => list(token, { pageToken: flip }))
    const answers = [...others, ...flipped]
    const accepted = answers.filter((posted) => toolErrorOf(posted)?.code !== 'invalid_arguments')
    expect(accepted).toEqual([])
    measure('F6', `${accepted.length} of ${answers.length} (page tokens)`)
  })

  test('is of use on another replica with the same key, and not with another', async () => {
    const key = { STATE_KEY: 'the-same-key-on-every-replica-0123456789' }
    const one = await startServerUnderTest(key)
    const same = await startServerUnderTest(key, undefined, one)
    const other = await startServerUnderTest(
      { STATE_KEY: 'another-key-0123456789-0123456789-0123' },
      undefined,
      one,
    )
    try {
      const token = await one.token()
      const args = { environmentId: DEV, pageSize: 1 }
      const pageToken = pageTokenOf(await postCall(one.url, token, 'list_organizations', args))
      const next = { ...args, pageToken }
      expect(toolErrorOf(await postCall(same.url, token, 'list_organizations', next))).toBeUndefined()
      expect(toolErrorOf(await postCall(other.url, token, 'list_organizations', next))?.code).toBe(
        'invalid_arguments',
      )
    } finally {
      await other.close()
      await same.close()
      await one.close()
    }
  })
})

test('the state of a confirmation with one bit flipped is accepted for nobody', async () => {
  const token = await server.token()
  const created = await postCall(server.url, token, 'create_organization', {
    environmentId: PRD,
    name: 'Sealed',
  })
  const organizationId = /org_\d+/.exec(created.text)?.[0]
  const remove = (extra: Record<string, unknown>, as = token) =>
    postCall(
      server.url,
      as,
      'delete_organization',
      { environmentId: PRD, organizationId },
      {
        era: '2026-07-28',
        capabilities: { elicitation: {} },
        params: extra,
      },
    )
  const { requestState } = (await remove({})).message.result as { requestState: string }
  const inputResponses = { confirmation: { action: 'accept', content: { name: 'Sealed' } } }
  const stranger = await server.token({ subject: await addAdministrator(server) })
  const answers = [
    await remove({ requestState, inputResponses }, stranger),
    ...(await inParallel(bitFlips(requestState), (flip) => remove({ requestState: flip, inputResponses }))),
  ]
  const deleted = answers.filter(({ text }) => text.includes('deleted'))
  expect(deleted).toEqual([])
  expect((await remove({ requestState, inputResponses })).text).toContain('"deleted":true')
  measure('F6', `${deleted.length} of ${answers.length} (states of confirmations)`)
})
