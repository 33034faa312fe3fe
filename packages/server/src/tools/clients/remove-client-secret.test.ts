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

describe.each(eras)('remove_client_secret over %s', (era) => {
  const remove = (args: Record<string, unknown>, person?: Person) =>
    server.call(era, 'remove_client_secret', args, { query, ...(person && { person }) })
  /** Whether the client gets a token with a secret. */
  const signsIn = async (environment: string, client_id: string, client_secret: string) => {
    const response = await fetch(`${server.local.url}/${environment}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
    })
    return response.status === 200
  }

  test('removes one secret, which then opens nothing; in PRD only after a person confirmed it', async () => {
    for (const [environment, organization] of [
      [environmentId, organizationId],
      [PRD, northwind],
    ] as const) {
      const { m2m } = server.sdk(environment)
      const { client, plainSecret: first } = await m2m.createOrganizationClient(organization, {
        name: 'Robot',
      })
      const clientId = client?.clientId ?? ''
      const { plainSecret: second } = await m2m.addOrganizationClientSecret(organization, clientId)
      const secretId = client?.secrets[0]?.id
      const args = { environmentId: environment, organizationId: organization, clientId, secretId }
      expect(await signsIn(environment, clientId, first)).toBe(true)
      if (environment === PRD) {
        expect((await remove(args)).error).toMatchObject({ code: 'person_needed' })
        expect(await signsIn(environment, clientId, first)).toBe(true)
      }
      expect((await remove(args, typesTheName)).result).toEqual({ removed: true })
      expect(await signsIn(environment, clientId, first)).toBe(false)
      expect(await signsIn(environment, clientId, second)).toBe(true)
    }
  })

  test('says that the client has no such secret', async () => {
    const { client } = await server.sdk(environmentId).m2m.createOrganizationClient(organizationId)
    const args = { environmentId, organizationId, clientId: client?.clientId, secretId: 'sec_999' }
    expect((await remove(args)).error).toMatchObject({ code: 'not_found' })
  })
})
