import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idsOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=directories'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_directories over %s', (era) => {
  const list = (organization: string) =>
    server.call(era, 'list_directories', { environmentId, organizationId: organization }, { query })

  test('lists the directories of one organization only', async () => {
    const { directory } = await server
      .sdk(environmentId)
      .directory.createDirectory('org_100000000000000002', {
        directoryType: 1,
        directoryProvider: 3,
      } as never)
    expect((await list(organizationId)).result?.items).toEqual([
      {
        id: 'dir_100000000000000001',
        name: 'Acme Okta',
        type: 'SCIM',
        provider: 'OKTA',
        status: 'DRAFT',
        enabled: false,
        users: 0,
        groups: 0,
      },
    ])
    expect(idsOf(await list('org_100000000000000002'))).toContain(directory?.id)
  })

  test('says that there is no such organization', async () => {
    expect((await list('org_999')).error).toMatchObject({ code: 'not_found' })
  })
})
