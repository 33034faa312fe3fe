import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Era,
  eras,
  idOf,
  type Person,
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

  describe('without a role, the question in PRD says which one they get', () => {
    const PRD = 'env_100000000000000002'
    const invite = async (organizationId: string, address: string) => {
      const questions: string[] = []
      const person: Person = (message) => {
        questions.push(message)
        return typesTheName(message)
      }
      const args = { environmentId: PRD, organizationId, email: `${address}-${era}@example.com` }
      const { result } = await server.call(era, 'create_organization_user', args, { person })
      const user = result?.user as { roles: string[] } | undefined
      const [, role] = /^Role: (.*)$/m.exec(questions[0] ?? '') ?? []
      return { role, roles: user?.roles }
    }

    test('the first user, that of creators, and later ones that of members', async () => {
      const { organization } = await server.sdk(PRD).organization.createOrganization(`Asked ${era}`)
      const id = organization?.id ?? ''
      expect(await invite(id, 'founder')).toEqual({ role: 'admin (default)', roles: ['admin'] })
      expect(await invite(id, 'joiner')).toEqual({ role: 'member (default)', roles: ['member'] })
    })

    test('the default of the organization before that of the environment', async () => {
      const id = 'org_100000000000000012'
      await server.sdk(PRD).role.updateDefaultOrganizationRoles(id, 'admin')
      expect(await invite(id, 'own-default')).toEqual({ role: 'admin (default)', roles: ['admin'] })
    })

    test('or none, where no role is the default', async () => {
      const roles = server.sdk(PRD).role
      const passing = `passing_${era.replaceAll('-', '_')}`
      await roles.createRole({ name: passing, displayName: 'Passing', permissions: [] } as never)
      await roles.updateDefaultRoles({ defaultMemberRole: passing })
      await roles.deleteRole(passing)
      const none = 'none, as there is no default role for members'
      expect(await invite('org_100000000000000011', 'roleless')).toEqual({ role: none, roles: [] })
      await roles.updateDefaultRoles({ defaultMemberRole: 'member' })
    })
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
