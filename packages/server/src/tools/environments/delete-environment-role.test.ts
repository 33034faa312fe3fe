import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Era,
  eras,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('delete_environment_role over %s', (era) => {
  const names = async () => (await server.sdk(environmentId).role.listRoles()).roles.map(({ name }) => name)
  const remove = (args: Record<string, unknown>) =>
    server.call(era, 'delete_environment_role', { environmentId, ...args }, { person: typesTheName })

  test('deletes a role when a person types its name', async () => {
    const name = await newRole(era, 'spare')
    expect((await remove({ name })).result).toEqual({ deleted: true })
    expect(await names()).not.toContain(name)
  })

  test('deletes nothing when another name is typed', async () => {
    const name = await newRole(era, 'kept')
    const { error } = await server.call(
      era,
      'delete_environment_role',
      { environmentId, name },
      { person: () => ({ action: 'accept', content: { name: 'admin' } }) },
    )
    expect(error).toMatchObject({ code: 'confirmation_mismatch' })
    expect(await names()).toContain(name)
  })

  test('of a role that users have, asks for another; these users get it', async () => {
    const name = await newRole(era, 'held')
    const organizationId = 'org_100000000000000002'
    const { user } = await server.sdk(environmentId).user.createUserAndMembership(organizationId, {
      email: `held-${era}@example.com`,
    })
    await server.sdk(environmentId).user.updateMembership(organizationId, user?.id ?? '', { roles: [name] })
    expect((await remove({ name })).error).toMatchObject({ code: 'precondition_failed' })
    expect((await remove({ name, reassignTo: 'guest' })).result).toEqual({ deleted: true })
    const after = await server.sdk(environmentId).user.getUser(user?.id ?? '')
    expect(after.user?.memberships[0]?.roles.map((role) => role.name)).toEqual(['guest'])
  })

  test('says that there is no such role', async () => {
    expect((await remove({ name: 'nobody' })).error).toMatchObject({ code: 'not_found' })
  })
})

async function newRole(era: Era, kind: string): Promise<string> {
  const name = `${kind}_${era.replaceAll('-', '_')}`
  await server.call(era, 'create_environment_role', { environmentId, name, displayName: kind })
  return name
}
