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

describe.each(eras)('disable_directory over %s', (era) => {
  const disable = (directory: string) =>
    server.call(
      era,
      'disable_directory',
      { environmentId, organizationId, directoryId: directory },
      { query },
    )

  test('disables a directory; what it has sent stays', async () => {
    const { directory: api } = server.sdk(environmentId)
    await api.enableDirectory(organizationId, directoryId)
    expect((await disable(directoryId)).result?.directory).toMatchObject({ id: directoryId, enabled: false })
    expect((await api.getDirectory(organizationId, directoryId)).directory).toMatchObject({
      enabled: false,
      totalUsers: 2,
    })
  })

  test('says that there is no such directory', async () => {
    expect((await disable('dir_999')).error).toMatchObject({ code: 'not_found' })
  })
})
