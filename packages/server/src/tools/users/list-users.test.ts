import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idsOf,
  itemsOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_users over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(era, 'list_users', { environmentId, ...args })

  test('gives every user of the environment once, page by page', async () => {
    const paged: string[] = []
    let pageToken: unknown
    do {
      const page = await list({ pageSize: 2, ...(pageToken ? { pageToken } : {}) })
      paged.push(...idsOf(page))
      pageToken = page.result?.nextPageToken
    } while (pageToken)
    const { users } = await server.sdk(environmentId).user.listUsers({ pageSize: 100 })
    expect(users.length).toBeGreaterThan(2)
    expect(paged).toEqual(users.map(({ id }) => id))
  })

  test('finds a user with all organizations', async () => {
    const items = itemsOf(await list({ query: 'chi@globex' }))
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({
      id: 'usr_100000000000000103',
      email: 'chi@globex.example',
      organizations: expect.arrayContaining([
        expect.objectContaining({
          organizationId: 'org_100000000000000001',
          organizationName: 'Acme Robotics',
          status: 'ACTIVE',
          roles: ['guest'],
        }),
        expect.objectContaining({ organizationId: 'org_100000000000000002', roles: ['admin'] }),
      ]),
    })
    expect(itemsOf(await list({ query: 'nobody@' }))).toEqual([])
  })

  test('knows nothing of users of another environment', async () => {
    const elsewhere = await list({ environmentId: 'env_100000000000000002', query: 'chi@globex' })
    expect(idsOf(elsewhere)).toEqual([])
  })
})
