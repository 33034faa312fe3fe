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

describe.each(eras)('enable_directory over %s', (era) => {
  const enable = (directory: string) =>
    server.call(era, 'enable_directory', { environmentId, organizationId, directoryId: directory }, { query })

  test('enables a directory that something can fill', async () => {
    const { directory: api } = server.sdk(environmentId)
    await api.disableDirectory(organizationId, directoryId)
    expect((await enable(directoryId)).result?.directory).toMatchObject({ id: directoryId, enabled: true })
    expect((await api.getDirectory(organizationId, directoryId)).directory).toMatchObject({ enabled: true })
  })

  test('does not enable one without a secret', async () => {
    const { directory: api } = server.sdk(environmentId)
    const { directory } = await api.createDirectory(organizationId, { directoryType: 1 } as never)
    const id = directory?.id ?? ''
    expect((await enable(id)).error).toMatchObject({ code: 'precondition_failed' })
    expect((await api.getDirectory(organizationId, id)).directory).toMatchObject({ enabled: false })
  })

  test('says that there is no such directory', async () => {
    expect((await enable('dir_999')).error).toMatchObject({ code: 'not_found' })
  })
})
