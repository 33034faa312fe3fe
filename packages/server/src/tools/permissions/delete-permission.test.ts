import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  type Person,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const query = '?toolsets=permissions'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('delete_permission over %s', (era) => {
  const remove = (environment: string, name: string, person?: Person) =>
    server.call(
      era,
      'delete_permission',
      { environmentId: environment, name },
      { query, ...(person && { person }) },
    )

  test('deletes, and roles lose it; in PRD only after a person typed its name', async () => {
    const name = `old:${era.replaceAll('-', '_')}`
    for (const environment of [environmentId, 'env_100000000000000002']) {
      const { permission: api, role } = server.sdk(environment)
      await api.createPermission({ name, description: 'Old' } as never)
      await api.addPermissionsToRole('member', [name])
      if (environment !== environmentId) {
        expect((await remove(environment, name)).error).toMatchObject({ code: 'person_needed' })
      }
      expect((await remove(environment, name, typesTheName)).result).toEqual({ deleted: true })
      await expect(api.getPermission(name)).rejects.toThrow()
      const member = await role.getRole('member')
      expect(member.role?.permissions.map((each) => each.name)).not.toContain(name)
    }
  })

  test('says that there is no such permission', async () => {
    expect((await remove(environmentId, 'no:such')).error).toMatchObject({ code: 'not_found' })
  })
})
