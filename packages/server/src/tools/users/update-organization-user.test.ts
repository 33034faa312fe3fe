import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Era,
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('update_organization_user over %s', (era) => {
  const update = (args: Record<string, unknown>) =>
    server.call(era, 'update_organization_user', { environmentId, organizationId, ...args })
  const read = async (id: string) => (await server.sdk(environmentId).user.getUser(id)).user

  test('replaces the roles in this organization and leaves those in others', async () => {
    const userId = await newUser(era, 'moved')
    await server
      .sdk(environmentId)
      .user.createMembership('org_100000000000000002', userId, { roles: ['guest'] })
    const { result } = await update({ userId, role: 'admin' })
    expect(result?.user).toMatchObject({ roles: ['admin'] })
    const roles = (await read(userId))?.memberships.map((each) => [
      each.organizationId,
      each.roles.map(({ name }) => name),
    ])
    expect(Object.fromEntries(roles ?? [])).toEqual({
      org_100000000000000001: ['admin'],
      org_100000000000000002: ['guest'],
    })
  })

  test('changes one name and leaves the other', async () => {
    const userId = await newUser(era, 'named')
    const { result } = await update({ userId, familyName: 'Newname' })
    expect(result?.user).toMatchObject({ name: 'Given Newname', roles: ['member'] })
    expect((await read(userId))?.userProfile).toMatchObject({ givenName: 'Given', familyName: 'Newname' })
  })

  test('changes nothing for a role that does not exist, not even the name', async () => {
    const userId = await newUser(era, 'kept')
    const { error } = await update({ userId, role: 'no_such_role', givenName: 'Changed' })
    expect(error).toMatchObject({ code: 'not_found' })
    expect((await read(userId))?.userProfile).toMatchObject({ givenName: 'Given' })
  })

  test('does not touch a user of another organization', async () => {
    const userId = 'usr_100000000000000104'
    expect((await update({ userId, givenName: 'Changed' })).error).toMatchObject({ code: 'not_found' })
    expect((await read(userId))?.userProfile).toMatchObject({ givenName: 'Dev' })
  })

  test('refuses to change nothing', async () => {
    const { error } = await update({ userId: 'usr_100000000000000101' })
    expect(error).toMatchObject({ code: 'invalid_arguments' })
  })
})

async function newUser(era: Era, kind: string): Promise<string> {
  const created = await server.call(era, 'create_organization_user', {
    environmentId,
    organizationId,
    email: `${kind}-${era}@example.com`,
    givenName: 'Given',
    familyName: 'Family',
    role: 'member',
  })
  return idOf(created, 'user')
}
