import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, idsOf, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('a create with an idempotencyKey over %s', (era) => {
  const create = (name: string, idempotencyKey: string, token?: string) =>
    server.call(
      era,
      'create_organization',
      { environmentId, name, idempotencyKey },
      token === undefined ? {} : { token },
    )

  test('gives its first result again, and creates once', async () => {
    const key = `once-${era}`
    const answers = await Promise.all([create('Once', key), create('Once', key), create('Once', key)])
    expect(new Set(answers.map((answer) => idOf(answer, 'organization'))).size).toBe(1)
    expect(idOf(await create('Once', key), 'organization')).toBe(idOf(answers[0], 'organization'))
  })

  test('is refused for other arguments', async () => {
    const key = `conflict-${era}`
    await create('First', key)
    expect((await create('Second', key)).error).toMatchObject({ code: 'idempotency_conflict' })
  })

  test('of another caller is another create', async () => {
    const key = `callers-${era}`
    const other = await server.token({ claims: { client_id: 'another_client' } })
    const [mine, theirs] = [await create('Ours', key), await create('Ours', key, other)]
    expect(idOf(mine, 'organization')).not.toBe(idOf(theirs, 'organization'))
  })

  test('that was refused upstream may be tried again with the same key', async () => {
    const args = {
      environmentId,
      organizationId: 'org_999',
      email: `a-${era}@example.com`,
      idempotencyKey: `again-${era}`,
    }
    expect((await server.call(era, 'create_organization_user', args)).error).toMatchObject({
      code: 'not_found',
    })
    expect((await server.call(era, 'create_organization_user', args)).error).toMatchObject({
      code: 'not_found',
    })
  })

  test('whose outcome is unknown is not sent again, and its repetition says what to do', async () => {
    const before = idsOf(await server.call(era, 'list_organizations', { environmentId, pageSize: 100 }))
    await fetch(`${server.local.url}/__local/faults`, {
      method: 'POST',
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ match: { method: 'POST', path: '/api/v1/organizations' }, drop: 'after' }),
    })
    const key = `unknown-${era}`
    expect((await create('Unknown', key)).error).toMatchObject({ code: 'upstream_unavailable' })
    expect((await create('Unknown', key)).error).toMatchObject({
      code: 'upstream_unavailable',
      nextStep: expect.stringContaining('new idempotencyKey'),
    })
    const after = idsOf(await server.call(era, 'list_organizations', { environmentId, pageSize: 100 }))
    expect(after.length).toBe(before.length + 1)
  })

  test.each(['short', 'with space in it', 'x'.repeat(65)])('refuses the key %j', async (key) => {
    expect((await create('X', key)).error).toMatchObject({ code: 'invalid_arguments' })
  })
})
