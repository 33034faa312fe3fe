import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('update_organization_settings over %s', (era) => {
  const update = (organizationId: string, features: unknown) =>
    server.call(era, 'update_organization_settings', { environmentId, organizationId, features })

  test('enables and disables features, and leaves the others', async () => {
    const created = await server.call(era, 'create_organization', { environmentId, name: 'Featured' })
    const organizationId = idOf(created, 'organization')
    await update(organizationId, [
      { name: 'sso', enabled: true },
      { name: 'dir_sync', enabled: true },
    ])
    const { result } = await update(organizationId, [{ name: 'sso', enabled: false }])
    expect(result?.organization).toMatchObject({ features: { sso: false, dir_sync: true } })
    const { organization } = await server.sdk(environmentId).organization.getOrganization(organizationId)
    expect(organization?.settings?.features).toMatchObject([
      { name: 'sso', enabled: false },
      { name: 'dir_sync', enabled: true },
    ])
  })

  test.each([
    ['a feature that nobody knows', [{ name: 'free_money', enabled: true }]],
    [
      'a feature twice',
      [
        { name: 'sso', enabled: true },
        { name: 'sso', enabled: false },
      ],
    ],
    ['no feature', []],
    ['an open object', { sso: true }],
  ])('refuses %s', async (_, features) => {
    const { error } = await update('org_100000000000000001', features)
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('features') })
  })

  test('says that there is no such organization', async () => {
    const { error } = await update('org_999', [{ name: 'sso', enabled: true }])
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
