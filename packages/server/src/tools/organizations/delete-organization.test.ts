import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('delete_organization over %s', (era) => {
  const create = async (environmentId: string) =>
    idOf(await server.call(era, 'create_organization', { environmentId, name: 'Doomed' }), 'organization')
  const exists = async (environmentId: string, id: string) =>
    server
      .sdk(environmentId)
      .organization.getOrganization(id)
      .then(
        () => true,
        () => false,
      )

  test('deletes it when a person types its name', async () => {
    const organizationId = await create(PRD)
    const questions: string[] = []
    const { result } = await server.call(
      era,
      'delete_organization',
      { environmentId: PRD, organizationId },
      {
        person: (message) => {
          questions.push(message)
          return typesTheName(message)
        },
      },
    )
    expect(questions).toEqual([expect.stringMatching(/cannot be undone\.\n.*: Doomed$/)])
    expect(result).toEqual({
      deleted: true,
      contents: { users: 0, usersOnlyHere: 0, connections: 0, directories: 0 },
    })
    expect(await exists(PRD, organizationId)).toBe(false)
  })

  test('in PRD deletes nothing when nobody can be asked; in DEV it goes on', async () => {
    const inProduction = await create(PRD)
    const refused = await server.call(era, 'delete_organization', {
      environmentId: PRD,
      organizationId: inProduction,
    })
    expect(refused.error).toMatchObject({ code: 'person_needed' })
    expect(await exists(PRD, inProduction)).toBe(true)
    const organizationId = await create(DEV)
    const { ok } = await server.call(era, 'delete_organization', { environmentId: DEV, organizationId })
    expect(ok).toBe(true)
    expect(await exists(DEV, organizationId)).toBe(false)
  })

  test('says what goes with it, to the person and in the result', async () => {
    const organizationId = await create(DEV)
    const { connection, directory, user } = server.sdk(DEV)
    const guest = { email: `guest-${era}@example.com` }
    await user.createUserAndMembership(organizationId, guest)
    await user.createMembership(organizationId, 'usr_100000000000000101', {})
    await server.call(era, 'create_organization_connection', {
      environmentId: DEV,
      organizationId,
      provider: 'OKTA',
      type: 'OIDC',
    })
    await directory.createDirectory(organizationId, { directoryType: 1 } as never)
    expect((await connection.listConnections(organizationId)).connections).toEqual([])
    const questions: string[] = []
    const { result } = await server.call(
      era,
      'delete_organization',
      { environmentId: DEV, organizationId },
      {
        person(message) {
          questions.push(message)
          return typesTheName(message)
        },
      },
    )
    expect(result?.contents).toEqual({ users: 2, usersOnlyHere: 1, connections: 1, directories: 1 })
    expect(questions).toEqual([expect.stringContaining('Of them deleted, without another organization: 1')])
    const { users } = await user.searchUsers(guest.email)
    expect(users).toEqual([])
  })

  test('says that there is no such organization before it asks anybody', async () => {
    const { error } = await server.call(
      era,
      'delete_organization',
      { environmentId: PRD, organizationId: 'org_100000000000000001' },
      {
        person: () => {
          throw new Error('nobody should be asked')
        },
      },
    )
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
