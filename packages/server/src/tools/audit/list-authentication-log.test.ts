import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  eras,
  idsOf,
  itemsOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'
import { signIn } from '../../../test/sign-in.js'

const environmentId = 'env_100000000000000001'
const query = '?toolsets=audit'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
  await signIn(server, 'ana@acme.example')
  await signIn(server, 'ben@acme.example')
  await expect(signIn(server, 'nobody@acme.example')).rejects.toThrow()
})
afterAll(() => server.close())

describe.each(eras)('list_authentication_log over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(era, 'list_authentication_log', { environmentId, ...args }, { query })
  const emails = (answer: Answer) => itemsOf(answer).map(({ email }) => email)

  test('lists attempts newest first, as the API has them', async () => {
    const answer = await list()
    const { authRequests } = await server.read('logs/authentication/requests', environmentId)
    expect(idsOf(answer)).toEqual(
      (authRequests as { auth_request_id: string }[]).map((each) => each.auth_request_id),
    )
    expect(emails(answer)).toEqual(['nobody@acme.example', 'ben@acme.example', 'ana@acme.example'])
    expect(itemsOf(answer)[2]).toMatchObject({
      status: 'success',
      organizationId: 'org_100000000000000001',
      clientId: 'skc_100000000000000001',
      clientName: 'Development app',
      at: expect.stringMatching(/Z$/),
    })
  })

  test('is narrowed by person, outcome and time, and given in pages', async () => {
    expect(emails(await list({ status: 'failure' }))).toEqual(['nobody@acme.example'])
    expect(emails(await list({ email: 'ana@acme.example' }))).toEqual(['ana@acme.example'])
    expect(emails(await list({ from: '2100-01-01T00:00:00Z' }))).toEqual([])
    expect(emails(await list({ to: '2000-01-01T00:00:00Z' }))).toEqual([])
    expect(emails(await list({ from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00.000Z' }))).toHaveLength(
      3,
    )
    const first = await list({ pageSize: 2 })
    const rest = await list({ pageSize: 2, pageToken: first.result?.nextPageToken })
    expect([...emails(first), ...emails(rest)]).toEqual(emails(await list()))
  })

  test('refuses a time span that ends before it begins', async () => {
    const { error } = await list({ from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' })
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringMatching(/^from: /) })
    const at = '2026-01-01T00:00:00Z'
    expect((await list({ from: at, to: at })).ok).toBe(true)
  })

  test('says whether nothing matches or nothing is recorded', async () => {
    expect((await list()).result).not.toHaveProperty('recorded')
    expect((await list({ email: 'eve@umbrella.example' })).result).toMatchObject({ items: [], recorded: 3 })
    const elsewhere = await list({ environmentId: 'env_100000000000000002' })
    expect(elsewhere.result).toMatchObject({ items: [], recorded: 0 })
  })

  test('has nothing of another environment', async () => {
    expect(idsOf(await list({ environmentId: 'env_100000000000000002' }))).toEqual([])
  })

  test.each([
    'yesterday',
    '2026-01-31',
    '2026-01-31T08:00:00+02:00',
    '2026-02-31T08:00:00Z',
    '2026-01-31T24:00:01Z',
  ])('refuses %j, which is no time in UTC', async (from) => {
    const { error } = await list({ from })
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringMatching(/^from: /) })
  })
})
