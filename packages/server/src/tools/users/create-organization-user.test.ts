import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Era,
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

async function newOrganization(era: Era): Promise<string> {
  const created = await server.call(era, 'create_organization', { environmentId, name: 'Umbrella' })
  return idOf(created, 'organization')
}

describe.each(eras)('create_organization_user over %s', (era) => {
  test('gives the first user the role of creators and later ones that of members', async () => {
    const organizationId = await newOrganization(era)
    const add = (name: string) =>
      server.call(era, 'create_organization_user', {
        environmentId,
        organizationId,
        email: `${name}-${era}@example.com`,
      })
    expect((await add('first')).result?.user).toMatchObject({ roles: ['admin'] })
    expect((await add('second')).result?.user).toMatchObject({ roles: ['member'] })
    const { users } = await server.sdk(environmentId).user.listOrganizationUsers(organizationId)
    const roles = users.map(({ email, memberships }) => [email, memberships[0]?.roles[0]?.name])
    expect(Object.fromEntries(roles)).toEqual({
      [`first-${era}@example.com`]: 'admin',
      [`second-${era}@example.com`]: 'member',
    })
  })

  test('adds a user of another organization, who stays in that', async () => {
    const [first, second] = [await newOrganization(era), await newOrganization(era)]
    const email = `both-${era}@example.com`
    const add = (organizationId: string, more = {}) =>
      server.call(era, 'create_organization_user', { environmentId, organizationId, email, ...more })
    const id = idOf(await add(first, { givenName: 'Bo', sendInvitation: false }), 'user')
    // Their names are known: what this organization cannot change is refused.
    const { error } = await add(second, { givenName: 'Beau' })
    expect(error).toMatchObject({ code: 'already_exists', existingId: id })
    const added = await add(second, {
      email: email.toUpperCase(),
      role: 'admin',
      metadata: [],
      externalId: null,
      sendInvitation: false,
    })
    expect(added.result?.user).toMatchObject({ id, name: 'Bo', status: 'ACTIVE', roles: ['admin'] })
    const { user } = await server.sdk(environmentId).user.getUser(id)
    expect(user?.memberships.map((each) => each.organizationId).sort()).toEqual([first, second].sort())
    expect((await add(second)).error).toMatchObject({ code: 'already_exists', existingId: id })
    for (const metadata of [[], {}, null]) {
      const other = await newOrganization(era)
      expect((await add(other, { metadata, sendInvitation: false })).result?.user).toMatchObject({ id })
    }
  })

  test('without an invitation the user is active at once', async () => {
    const { result } = await server.call(era, 'create_organization_user', {
      environmentId,
      organizationId: await newOrganization(era),
      email: `active-${era}@example.com`,
      givenName: 'Ada',
      familyName: 'Lovelace',
      sendInvitation: false,
    })
    expect(result?.user).toMatchObject({ status: 'ACTIVE', name: 'Ada Lovelace' })
  })

  test('refuses a role that does not exist', async () => {
    const { error } = await server.call(era, 'create_organization_user', {
      environmentId,
      organizationId: await newOrganization(era),
      email: `role-${era}@example.com`,
      role: 'no_such_role',
    })
    expect(error?.code).toMatch(/^(invalid_arguments|not_found)$/)
  })

  test.each(['a@b', 'a@example.com,b@example.com', 'a@example.com\nBcc: x@example.com', 'аdmin@example.com'])(
    'refuses the address %j',
    async (email) => {
      const { error } = await server.call(era, 'create_organization_user', {
        environmentId,
        organizationId: 'org_1',
        email,
      })
      expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('email') })
    },
  )
})
