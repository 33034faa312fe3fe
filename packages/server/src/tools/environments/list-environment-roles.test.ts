import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_environment_roles over %s', (era) => {
  test('lists the roles with their permissions and which are the defaults', async () => {
    const { result } = await server.call(era, 'list_environment_roles', { environmentId })
    expect(result?.items).toEqual([
      expect.objectContaining({ name: 'admin', isDefaultForCreators: true, isDefaultForMembers: false }),
      expect.objectContaining({ name: 'member', isDefaultForCreators: false, isDefaultForMembers: true }),
      expect.objectContaining({ name: 'guest', permissions: ['projects:read'] }),
    ])
    const { roles } = await server.sdk(environmentId).role.listRoles()
    expect(result?.items).toMatchObject(roles.map(({ id, name }) => ({ id, name })))
  })

  test('says that there is no such environment, not that it has no roles', async () => {
    const { error } = await server.call(era, 'list_environment_roles', { environmentId: 'env_999' })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
