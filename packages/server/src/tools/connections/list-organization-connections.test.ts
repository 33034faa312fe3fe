import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
  idsOf,
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

describe.each(eras)('list_organization_connections over %s', (era) => {
  test('lists the connections of one organization only', async () => {
    const created = await server.call(era, 'create_organization_connection', {
      environmentId,
      organizationId,
      provider: 'OKTA',
      type: 'OIDC',
    })
    const listed = await server.call(era, 'list_organization_connections', { environmentId, organizationId })
    expect(idsOf(listed)).toContain(idOf(created, 'connection'))
    expect(
      (listed.result?.items as { organizationId: string }[] | undefined)?.every(
        (each) => each.organizationId === organizationId,
      ),
    ).toBe(true)
    const { connections } = await server.read(
      `connections?include=all&organization_id=${organizationId}`,
      environmentId,
    )
    expect(idsOf(listed)).toEqual((connections as { id: string }[]).map(({ id }) => id))
    const other = await server.call(era, 'list_organization_connections', {
      environmentId,
      organizationId: 'org_100000000000000002',
    })
    expect(idsOf(other)).not.toContain(idOf(created, 'connection'))
  })

  test('says that there is no such organization', async () => {
    const { error } = await server.call(era, 'list_organization_connections', {
      environmentId,
      organizationId: 'org_999',
    })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
