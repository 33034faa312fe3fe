import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('get_organization_details over %s', (era) => {
  test('gives one organization', async () => {
    const created = await server.call(era, 'create_organization', { environmentId, name: `Initech ${era}` })
    const organization = created.result?.organization as { id: string }
    const { result } = await server.call(era, 'get_organization_details', {
      environmentId,
      organizationId: organization.id,
    })
    expect(result?.organization).toEqual(organization)
    const { organization: stored } = await server
      .sdk(environmentId)
      .organization.getOrganization(organization.id)
    expect(stored?.displayName).toBe(`Initech ${era}`)
  })

  test('knows nothing of an organization of another environment', async () => {
    const created = await server.call(era, 'create_organization', {
      environmentId: 'env_100000000000000002',
      name: `Elsewhere ${era}`,
    })
    const { error } = await server.call(era, 'get_organization_details', {
      environmentId,
      organizationId: idOf(created, 'organization'),
    })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
