import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idsOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_organizations over %s', (era) => {
  test('gives every organization once, page by page', async () => {
    const all = await server.call(era, 'list_organizations', { environmentId, pageSize: 100 })
    const ids = idsOf(all)
    const paged: string[] = []
    let pageToken: unknown
    do {
      const page = await server.call(era, 'list_organizations', {
        environmentId,
        pageSize: 2,
        ...(pageToken ? { pageToken } : {}),
      })
      paged.push(...idsOf(page))
      pageToken = page.result?.nextPageToken
    } while (pageToken)
    const { organizations } = await server.read('organizations?page_size=100', environmentId)
    expect(ids).toEqual((organizations as { id: string }[]).map(({ id }) => id))
    expect(ids.length).toBeGreaterThan(2)
    expect(paged).toEqual(ids)
  })

  test('searches names and external ids, whatever their case', async () => {
    const search = (query: string) =>
      server.call(era, 'list_organizations', { environmentId, query, pageSize: 100 })
    const { organizations } = await server.sdk(environmentId).organization.searchOrganization('acme', 30)
    expect(idsOf(await search('ACME'))).toEqual(organizations.map(({ id }) => id))
    expect(organizations.length).toBeGreaterThan(0)
    expect(idsOf(await search('no such organization'))).toEqual([])
    expect((await search('ac')).error).toMatchObject({ code: 'invalid_arguments' })
  })

  test('says that there is no such environment', async () => {
    const { error } = await server.call(era, 'list_organizations', { environmentId: 'env_999' })
    expect(error).toMatchObject({ code: 'not_found' })
  })

  test('is refused to a caller without organization:read', async () => {
    const token = await server.token({ scopes: ['environment:read'] })
    await expect(server.call(era, 'list_organizations', { environmentId }, { token })).rejects.toThrow()
  })
})
