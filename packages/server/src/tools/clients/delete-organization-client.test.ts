import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  type Person,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const PRD = 'env_100000000000000002'
const northwind = 'org_100000000000000011'
const query = '?toolsets=clients'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('delete_organization_client over %s', (era) => {
  const remove = (args: Record<string, unknown>, person?: Person) =>
    server.call(era, 'delete_organization_client', args, { query, ...(person && { person }) })

  test('deletes; in PRD only after a person typed its name', async () => {
    for (const [environment, organization] of [
      [environmentId, organizationId],
      [PRD, northwind],
    ] as const) {
      const { m2m } = server.sdk(environment)
      const { client } = await m2m.createOrganizationClient(organization, { name: 'Robot' })
      const clientId = client?.clientId ?? ''
      const args = { environmentId: environment, organizationId: organization, clientId }
      if (environment === PRD) {
        expect((await remove(args)).error).toMatchObject({ code: 'person_needed' })
      }
      expect((await remove(args, typesTheName)).result).toEqual({ deleted: true })
      await expect(m2m.getOrganizationClient(organization, clientId)).rejects.toThrow('no client')
    }
  })

  test('says that there is no such client', async () => {
    const { error } = await remove({ environmentId, organizationId, clientId: 'm2morg_999' })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
