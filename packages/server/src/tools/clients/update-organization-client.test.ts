import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=clients'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('update_organization_client over %s', (era) => {
  const update = (args: Record<string, unknown>) =>
    server.call(era, 'update_organization_client', { environmentId, organizationId, ...args }, { query })

  test('changes what is given and leaves the rest', async () => {
    const { m2m } = server.sdk(environmentId)
    const { client } = await m2m.createOrganizationClient(organizationId, {
      name: 'Before',
      description: 'Stays',
      scopes: ['a:read', 'a:write'],
    })
    const clientId = client?.clientId ?? ''
    const { result } = await update({ clientId, name: 'After', scopes: ['a:read'], accessTokenSeconds: 900 })
    expect(result?.client).toMatchObject({ name: 'After', description: 'Stays', scopes: ['a:read'] })
    const stored = await m2m.getOrganizationClient(organizationId, clientId)
    expect(stored.client).toMatchObject({
      name: 'After',
      description: 'Stays',
      scopes: ['a:read'],
      expiry: 900n,
      secrets: [{ id: client?.secrets[0]?.id }],
    })
  })

  test('says that there is no such client', async () => {
    const { error } = await update({ clientId: 'm2morg_999', name: 'X' })
    expect(error).toMatchObject({ code: 'not_found' })
  })

  test('refuses an update that says nothing', async () => {
    const { error } = await update({ clientId: 'm2morg_999' })
    expect(error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('at least one'),
    })
  })
})
