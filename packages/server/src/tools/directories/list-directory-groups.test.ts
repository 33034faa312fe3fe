import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { directoryId, engineers, fillDirectory } from '../../../test/directory-content.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=directories'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
  await fillDirectory(server)
})
afterAll(() => server.close())

describe.each(eras)('list_directory_groups over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(
      era,
      'list_directory_groups',
      { environmentId, organizationId, directoryId, ...args },
      { query },
    )

  test('lists groups with the number of their users', async () => {
    const { result } = await list()
    expect(result?.items).toMatchObject([{ id: engineers, name: 'Engineers', users: 1 }])
  })

  test('says that the organization has no such directory', async () => {
    const { error } = await list({ organizationId: 'org_100000000000000002' })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
