import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Era,
  eras,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('update_environment_role over %s', (era) => {
  const update = (args: Record<string, unknown>) =>
    server.call(era, 'update_environment_role', { environmentId, ...args })
  const read = async (name: string) => (await server.sdk(environmentId).role.getRole(name)).role
  const permissionsOf = async (name: string) => {
    const { permissions } = await server.sdk(environmentId).permission.listRolePermissions(name)
    return permissions.map((permission) => permission.name)
  }

  test('changes what is given and leaves the rest', async () => {
    const name = await newRole(era, 'changed')
    const { result } = await update({ name, displayName: 'Renamed' })
    expect(result?.role).toMatchObject({ displayName: 'Renamed', description: 'As before' })
    expect(await read(name)).toMatchObject({ displayName: 'Renamed', description: 'As before' })
    expect(await permissionsOf(name)).toEqual(['projects:read'])
  })

  test('replaces the permissions', async () => {
    const name = await newRole(era, 'permitted')
    await update({ name, permissions: ['projects:write', 'billing:manage'] })
    expect(await permissionsOf(name)).toEqual(['projects:write', 'billing:manage'])
  })

  test('makes a role the default for creators; a default cannot end by itself', async () => {
    const name = await newRole(era, 'founder')
    const { result } = await update({ name, isDefaultForCreators: true })
    expect(result?.role).toMatchObject({ isDefaultForCreators: true })
    const ended = await update({ name, isDefaultForCreators: false })
    expect(ended.error).toMatchObject({
      code: 'precondition_failed',
      nextStep: expect.stringContaining('another'),
    })
    expect(await read(name)).toMatchObject({ defaultCreator: true })
    await update({ name: 'admin', isDefaultForCreators: true })
    expect(await read(name)).toMatchObject({ defaultCreator: false })
  })

  test('in PRD asks nobody about a role that would extend itself through others', async () => {
    const PRD = 'env_100000000000000002'
    const roles = server.sdk(PRD).role
    const [first, second] = [`first_${era.replaceAll('-', '_')}`, `second_${era.replaceAll('-', '_')}`]
    await roles.createRole({ name: first, displayName: 'First', permissions: [], extends: 'member' } as never)
    await roles.createRole({ name: second, displayName: 'Second', permissions: [], extends: first } as never)
    for (const extended of [first, second]) {
      const args = { environmentId: PRD, name: 'member', extends: extended }
      const { error } = await server.call(era, 'update_environment_role', args)
      expect(error).toMatchObject({
        code: 'invalid_arguments',
        message: `extends: ${extended} already extends member.`,
      })
    }
    await roles.deleteRole(second)
    await roles.deleteRole(first)
  })

  test('in PRD asks nobody about a default that cannot end', async () => {
    const args = { environmentId: 'env_100000000000000002', name: 'member', isDefaultForMembers: false }
    const { error } = await server.call(era, 'update_environment_role', args)
    expect(error).toMatchObject({ code: 'precondition_failed' })
  })

  test('refuses to change nothing, and a role that is not there', async () => {
    expect((await update({ name: 'guest' })).error).toMatchObject({ code: 'invalid_arguments' })
    expect((await update({ name: 'nobody', displayName: 'X' })).error).toMatchObject({ code: 'not_found' })
  })
})

async function newRole(era: Era, kind: string): Promise<string> {
  const name = `${kind}_${era.replaceAll('-', '_')}`
  await server.call(era, 'create_environment_role', {
    environmentId,
    name,
    displayName: 'Before',
    description: 'As before',
    permissions: ['projects:read'],
  })
  return name
}
