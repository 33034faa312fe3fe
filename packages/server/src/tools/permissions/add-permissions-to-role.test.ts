import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const query = '?toolsets=permissions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('add_permissions_to_role over %s', (era) => {
  const add = (roleName: string, permissions: string[]) =>
    server.call(era, 'add_permissions_to_role', { environmentId, roleName, permissions }, { query })
  const stored = async (roleName: string) =>
    (await server.sdk(environmentId).permission.listRolePermissions(roleName)).permissions
      .map(({ name }) => name)
      .sort()

  test('adds to what the role has; again, it changes nothing', async () => {
    const roleName = `clerk_${era.replaceAll('-', '_')}`
    await server.sdk(environmentId).role.createRole({
      name: roleName,
      displayName: 'Clerk',
      permissions: ['projects:read'],
    } as never)
    for (const _ of ['first', 'again']) {
      const { result } = await add(roleName, ['billing:manage'])
      expect(result).toEqual({
        roleName,
        permissions: expect.arrayContaining(['billing:manage', 'projects:read']),
      })
      expect(await stored(roleName)).toEqual(['billing:manage', 'projects:read'])
    }
  })

  test('adds all or nothing', async () => {
    const before = await stored('guest')
    expect((await add('guest', ['projects:write', 'no:such'])).error).toMatchObject({ code: 'not_found' })
    expect(await stored('guest')).toEqual(before)
  })

  test('says that there is no such role', async () => {
    expect((await add('nobody', ['projects:read'])).error).toMatchObject({ code: 'not_found' })
  })
})
