import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('get_organization_user over %s', (era) => {
  const get = (args: Record<string, unknown>) =>
    server.call(era, 'get_organization_user', { environmentId, organizationId, ...args })

  test('gives a user as this organization sees them', async () => {
    const userId = 'usr_100000000000000103'
    expect((await get({ userId })).result?.user).toMatchObject({
      id: userId,
      email: 'chi@globex.example',
      name: 'Chi Chen',
      roles: ['guest'],
      status: 'ACTIVE',
    })
    const elsewhere = await get({ userId, organizationId: 'org_100000000000000002' })
    expect(elsewhere.result?.user).toMatchObject({ roles: ['admin'] })
  })

  test('knows nothing of a user who is in another organization only', async () => {
    const { error } = await get({ userId: 'usr_100000000000000104' })
    expect(error).toMatchObject({
      code: 'not_found',
      nextStep: expect.stringContaining('list_organization_users'),
    })
  })

  test('knows nothing of a user of another environment', async () => {
    expect((await get({ userId: 'usr_100000000000000111' })).error).toMatchObject({ code: 'not_found' })
  })
})
