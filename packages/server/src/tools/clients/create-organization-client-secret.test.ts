import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool } from '../../../test/run-tool.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'
import createOrganizationClientSecret from './create-organization-client-secret.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=clients'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

async function newClient() {
  const { m2m } = server.sdk(environmentId)
  const { client, plainSecret } = await m2m.createOrganizationClient(organizationId, { name: 'Robot' })
  return { clientId: client?.clientId ?? '', plainSecret }
}

describe('create_organization_client_secret', () => {
  const signsIn = async (url: string, client_id: string, client_secret: string) => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret })
    return (await fetch(url, { method: 'POST', body })).status === 200
  }

  test('gives a person another secret, and leaves the first', async () => {
    const { clientId, plainSecret } = await newClient()
    const args = { environmentId, organizationId, clientId }
    const { output, revealed } = await runTool(server, createOrganizationClientSecret, args)
    const [tokenUrl = '', revealedId = '', secret = ''] = revealed.map(({ value }) => value)
    expect(revealedId).toBe(clientId)
    expect(secret).not.toBe(plainSecret)
    expect(await signsIn(tokenUrl, clientId, secret)).toBe(true)
    expect(await signsIn(tokenUrl, clientId, plainSecret)).toBe(true)
    expect(output).toMatchObject({ clientId, tokenUrl, secret: { suffix: secret.slice(-4) } })
    for (const text of [JSON.stringify(output), server.log.join('')]) expect(text).not.toContain(secret)
  })

  test('says that there is no such client', async () => {
    const args = { environmentId, organizationId, clientId: 'm2morg_999' }
    await expect(runTool(server, createOrganizationClientSecret, args)).rejects.toThrow(/m2morg_999/)
  })
})

describe.each(eras)('create_organization_client_secret over %s', (era) => {
  test('creates nothing where no person can get it', async () => {
    const { clientId } = await newClient()
    const args = { environmentId, organizationId, clientId }
    const { error } = await server.call(era, 'create_organization_client_secret', args, { query })
    expect(error).toMatchObject({ code: 'person_needed' })
    const { client } = await server.sdk(environmentId).m2m.getOrganizationClient(organizationId, clientId)
    expect(client?.secrets).toHaveLength(1)
  })
})
