import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
  itemsOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_organization_users over %s', (era) => {
  test('lists the users of one organization with role and status', async () => {
    const created = await server.call(era, 'create_organization', { environmentId, name: 'Pied Piper' })
    const organizationId = idOf(created, 'organization')
    const email = `richard-${era}@example.com`
    await server.call(era, 'create_organization_user', { environmentId, organizationId, email })
    const { result } = await server.call(era, 'list_organization_users', { environmentId, organizationId })
    expect(result?.items).toEqual([
      expect.objectContaining({
        email,
        status: 'PENDING_INVITE',
        invitation: { sentAt: expect.stringMatching(/Z$/), expiresAt: expect.stringMatching(/Z$/) },
      }),
    ])
    const { users } = await server.sdk(environmentId).user.listOrganizationUsers(organizationId)
    expect(users.map((user) => user.email)).toEqual([email])
  })

  test('searches them', async () => {
    const organizationId = 'org_100000000000000001'
    const search = async (query: string) =>
      itemsOf(await server.call(era, 'list_organization_users', { environmentId, organizationId, query }))
    expect((await search('ana@')).map(({ email }) => email)).toEqual(['ana@acme.example'])
    expect((await search('ana@'))[0]).not.toHaveProperty('invitation')
    expect(await search('nobody@')).toEqual([])
  })

  test('says that there is no such organization', async () => {
    const { error } = await server.call(era, 'list_organization_users', {
      environmentId,
      organizationId: 'org_999',
    })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
