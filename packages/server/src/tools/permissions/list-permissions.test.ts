import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idsOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const query = '?toolsets=permissions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_permissions over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(era, 'list_permissions', { environmentId, ...args }, { query })

  test('lists the permissions of one environment, in pages', async () => {
    const first = await list({ pageSize: 2 })
    const rest = await list({ pageSize: 2, pageToken: first.result?.nextPageToken })
    expect(rest.result?.nextPageToken).toBeUndefined()
    const { permissions } = await server.sdk(environmentId).permission.listPermissions()
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(permissions.map(({ id }) => id))
    expect([first, rest].flatMap(({ result }) => result?.items)).toContainEqual({
      id: 'perm_100000000000000003',
      name: 'billing:manage',
      description: 'Change the plan and see invoices',
      isBuiltIn: false,
    })
  })

  test('refuses a token of another list', async () => {
    expect((await list({ pageToken: 'x' })).error).toMatchObject({ code: 'invalid_arguments' })
  })
})
