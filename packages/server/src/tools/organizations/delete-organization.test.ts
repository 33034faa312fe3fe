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
    expect(result).toEqual({ deleted: true })
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
