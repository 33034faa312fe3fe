import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const query = '?toolsets=permissions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('remove_permission_from_role over %s', (era) => {
  const remove = (roleName: string, permission: string) =>
    server.call(era, 'remove_permission_from_role', { environmentId, roleName, permission }, { query })

  test('takes one permission away and leaves the others', async () => {
    const { permission: api } = server.sdk(environmentId)
    await api.addPermissionsToRole('member', ['billing:manage'])
    const { result } = await remove('member', 'billing:manage')
    expect(result).toEqual({ roleName: 'member', permissions: expect.any(Array) })
    const { permissions } = await api.listRolePermissions('member')
    expect(permissions.map(({ name }) => name).sort()).toEqual(['projects:read', 'projects:write'])
  })

  test.each([
    ['role', 'nobody', 'projects:read'],
    ['permission', 'member', 'no:such'],
  ])('says that there is no such %s', async (_, roleName, permission) => {
    expect((await remove(roleName, permission)).error).toMatchObject({ code: 'not_found' })
  })
})
