import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('create_environment_role over %s', (era) => {
  const suffix = era.replaceAll('-', '_')
  const create = (args: Record<string, unknown>) =>
    server.call(era, 'create_environment_role', { environmentId, displayName: 'Sample', ...args })
  const roleNamed = async (name: string) => (await server.sdk(environmentId).role.getRole(name)).role

  test('creates a role with permissions, on top of another', async () => {
    const name = `editor_${suffix}`
    const { result } = await create({
      name,
      displayName: 'Editor',
      description: 'Edits',
      permissions: ['billing:manage'],
      extends: 'member',
    })
    expect(result?.role).toMatchObject({ name, extends: 'member', permissions: ['billing:manage'] })
    expect(await roleNamed(name)).toMatchObject({
      displayName: 'Editor',
      description: 'Edits',
      extends: 'member',
      defaultMember: false,
    })
  })

  test('makes it the default for members, and the former default is none any more', async () => {
    const name = `newcomer_${suffix}`
    const { result } = await create({ name, isDefaultForMembers: true })
    expect(result?.role).toMatchObject({ name, isDefaultForMembers: true, isDefaultForCreators: false })
    const { roles } = await server.sdk(environmentId).role.listRoles()
    expect(roles.filter((role) => role.defaultMember).map((role) => role.name)).toEqual([name])
    expect(roles.filter((role) => role.defaultCreator).map((role) => role.name)).toEqual(['admin'])
  })

  test('still takes the former names of its arguments', async () => {
    const { result } = await server.call(era, 'create_environment_role', {
      environmentId,
      roleName: `former_${suffix}`,
      roleDisplayName: 'Former',
    })
    expect(result?.role).toMatchObject({ name: `former_${suffix}`, displayName: 'Former' })
  })

  test('takes isDefault for the default of members, and not of creators', async () => {
    const name = `default_${suffix}`
    const { result } = await create({ name, isDefault: true })
    expect(result?.role).toMatchObject({ name, isDefaultForMembers: true, isDefaultForCreators: false })
    const { error } = await create({ name: `both_${suffix}`, isDefault: true, isDefaultForMembers: false })
    expect(error).toMatchObject({ message: 'Give isDefaultForMembers or isDefault, not both.' })
  })

  test.each([
    ['a name that is taken', { name: 'admin' }, 'already_exists'],
    ['a permission that does not exist', { name: 'other', permissions: ['no:such'] }, 'not_found'],
    ['a name with a space', { name: 'two words' }, 'invalid_arguments'],
  ])('refuses %s', async (_, args, code) => {
    expect((await create(args)).error).toMatchObject({ code })
  })
})
