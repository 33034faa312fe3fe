import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('create_organization_connection over %s', (era) => {
  test('begins a draft for the organization', async () => {
    const created = await server.call(era, 'create_organization_connection', {
      environmentId,
      organizationId,
      provider: 'MICROSOFT_AD',
      type: 'SAML',
    })
    expect(created.result?.connection).toMatchObject({
      organizationId,
      type: 'SAML',
      provider: 'MICROSOFT_AD',
      status: 'DRAFT',
      enabled: false,
    })
    const { connection } = await server.read(
      `organizations/${organizationId}/connections/${idOf(created, 'connection')}`,
      environmentId,
    )
    expect(connection).toMatchObject({ type: 'SAML', enabled: false })
  })

  test('says that there is no such organization', async () => {
    const { error } = await server.call(era, 'create_organization_connection', {
      environmentId,
      organizationId: 'org_999',
      provider: 'OKTA',
      type: 'OIDC',
    })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
