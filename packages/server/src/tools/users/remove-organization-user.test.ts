import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('remove_organization_user over %s', (era) => {
  const remove = (userId: string, person = typesTheName) =>
    server.call(era, 'remove_organization_user', { environmentId, organizationId, userId }, { person })
  const newUser = async (kind: string) => {
    const email = `${kind}-${era}@example.com`
    return idOf(
      await server.call(era, 'create_organization_user', { environmentId, organizationId, email }),
      'user',
    )
  }
  const membershipsOf = async (id: string) =>
    (await server.sdk(environmentId).user.getUser(id)).user?.memberships.map((each) => each.organizationId)

  test('ends the membership when a person types the address; the person stays a user', async () => {
    const userId = await newUser('leaving')
    await server.sdk(environmentId).user.createMembership('org_100000000000000002', userId)
    expect((await remove(userId)).result).toEqual({
      removed: true,
      userDeleted: false,
      otherOrganizations: 1,
    })
    expect(await membershipsOf(userId)).toEqual(['org_100000000000000002'])
    expect((await remove(userId)).error).toMatchObject({ code: 'not_found' })
  })

  test('says, before and after, that a user without another organization is deleted', async () => {
    const userId = await newUser('deleted')
    const questions: string[] = []
    const { result } = await remove(userId, (message) => {
      questions.push(message)
      return typesTheName(message)
    })
    expect(questions).toEqual([expect.stringContaining('Other organizations: none: the user is deleted')])
    expect(result).toEqual({ removed: true, userDeleted: true, otherOrganizations: 0 })
    await expect(membershipsOf(userId)).rejects.toThrow()
  })

  test('ends nothing when the person declines', async () => {
    const userId = await newUser('staying')
    const { error } = await remove(userId, () => ({ action: 'decline' }))
    expect(error).toMatchObject({ code: 'confirmation_declined' })
    expect(await membershipsOf(userId)).toEqual([organizationId])
  })

  test('says that the organization has no such user', async () => {
    expect((await remove('usr_100000000000000104')).error).toMatchObject({ code: 'not_found' })
  })
})
