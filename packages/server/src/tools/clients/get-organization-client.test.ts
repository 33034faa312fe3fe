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

describe.each(eras)('get_organization_client over %s', (era) => {
  const get = (organization: string, clientId: string | undefined) =>
    server.call(
      era,
      'get_organization_client',
      { environmentId, organizationId: organization, clientId },
      { query },
    )

  test('gives what its tokens allow, and of a secret only the end; in its own organization only', async () => {
    const { client, plainSecret } = await server
      .sdk(environmentId)
      .m2m.createOrganizationClient(organizationId, {
        name: 'Robot',
        scopes: ['deploy:write'],
        audience: ['https://api.example.com'],
        customClaims: { team: 'blue' },
      })
    const answer = await get(organizationId, client?.clientId)
    expect(answer.result?.client).toMatchObject({
      id: client?.clientId,
      name: 'Robot',
      scopes: ['deploy:write'],
      audience: ['https://api.example.com'],
      customClaims: [{ key: 'team', value: 'blue' }],
      accessTokenSeconds: 3600,
      secrets: [{ id: client?.secrets[0]?.id, suffix: plainSecret.slice(-4), status: 'ACTIVE' }],
    })
    expect(JSON.stringify(answer)).not.toContain(plainSecret)
    const elsewhere = await get('org_100000000000000002', client?.clientId)
    expect(elsewhere.error).toMatchObject({ code: 'not_found' })
  })

  test('says that there is no such client', async () => {
    expect((await get(organizationId, 'm2morg_999')).error).toMatchObject({ code: 'not_found' })
  })
})
