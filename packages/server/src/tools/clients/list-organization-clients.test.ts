import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idsOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=clients'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_organization_clients over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(era, 'list_organization_clients', { environmentId, organizationId, ...args }, { query })

  test('lists the clients of one organization, in pages, never their secrets', async () => {
    const { m2m } = server.sdk(environmentId)
    const made = []
    for (let count = 0; count < 11; count++) {
      made.push(await m2m.createOrganizationClient(organizationId, { name: `Robot ${count}` }))
    }
    const first = await list({ pageSize: 10 })
    const rest = await list({ pageSize: 10, pageToken: first.result?.nextPageToken })
    const ids = [...idsOf(first), ...idsOf(rest)]
    expect(idsOf(first)).toHaveLength(10)
    for (const { client, plainSecret } of made) {
      expect(ids).toContain(client?.clientId)
      expect(JSON.stringify([first, rest])).not.toContain(plainSecret)
    }
    expect(idsOf(await list({ organizationId: 'org_100000000000000002' }))).toEqual([])
  })

  test.each([
    ['an organization that does not exist', { organizationId: 'org_999' }, 'not_found'],
    ['a page that is smaller than the API gives', { pageSize: 9 }, 'invalid_arguments'],
  ])('refuses %s', async (_, args, code) => {
    expect((await list(args)).error).toMatchObject({ code })
  })
})
