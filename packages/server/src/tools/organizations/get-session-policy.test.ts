import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=organizations'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('get_session_policy over %s', (era) => {
  const get = (args: Record<string, unknown> = {}) =>
    server.call(era, 'get_session_policy', { environmentId, organizationId, ...args }, { query })
  const api = () => server.sdk(environmentId).organization

  test('gives the policy of the environment where the organization has none', async () => {
    await api().updateOrganizationSessionPolicy(organizationId, { policySource: 'APPLICATION' })
    const { result } = await get()
    expect(result?.policy).toEqual({
      environment: { absoluteMinutes: 43_200, accessTokenMinutes: 5 },
      effective: { absoluteMinutes: 43_200 },
    })
  })

  test('gives the shorter of both where it has one, in minutes', async () => {
    await api().updateOrganizationSessionPolicy(organizationId, {
      policySource: 'CUSTOM',
      absoluteSessionTimeout: 8,
      absoluteSessionTimeoutUnit: 'HOURS',
      idleSessionTimeoutEnabled: true,
      idleSessionTimeout: 45,
      idleSessionTimeoutUnit: 'MINUTES',
    })
    const { result } = await get()
    expect(result?.policy).toMatchObject({
      own: { absoluteMinutes: 480, idleMinutes: 45 },
      effective: { absoluteMinutes: 480, idleMinutes: 45 },
    })
  })

  test('says that there is no such organization', async () => {
    expect((await get({ organizationId: 'org_999' })).error).toMatchObject({ code: 'not_found' })
  })
})
