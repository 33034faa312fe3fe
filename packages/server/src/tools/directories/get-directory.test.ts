import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { directoryId, fillDirectory } from '../../../test/directory-content.js'
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

describe.each(eras)('get_directory over %s', (era) => {
  const get = (organization: string, directory: string) =>
    server.call(
      era,
      'get_directory',
      { environmentId, organizationId: organization, directoryId: directory },
      { query },
    )

  test('gives the endpoint, the secrets without their values, and how many users came', async () => {
    const { result } = await get(organizationId, directoryId)
    const { directory } = await server.sdk(environmentId).directory.getDirectory(organizationId, directoryId)
    expect(result?.directory).toMatchObject({
      id: directoryId,
      status: 'COMPLETED',
      endpoint: directory?.directoryEndpoint,
      users: 2,
      groups: 1,
      secrets: [{ id: 'sec_100000000000000001', suffix: 'wxyz', status: 'ACTIVE' }],
    })
  })

  test('finds a directory in its own organization only', async () => {
    expect((await get('org_100000000000000002', directoryId)).error).toMatchObject({ code: 'not_found' })
    expect((await get(organizationId, 'dir_999')).error).toMatchObject({ code: 'not_found' })
  })
})
