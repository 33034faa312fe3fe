import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool } from '../../../test/run-tool.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'
import createOrganizationClient from './create-organization-client.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
/** What a secret of the local environment looks like. */
const secretValue = /local_[\w-]{43}/
const query = '?toolsets=clients'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe('create_organization_client', () => {
  test('creates a client, whose credentials a person gets and which work', async () => {
    const { output, revealed } = await runTool(server, createOrganizationClient, {
      environmentId,
      organizationId,
      name: 'Robot',
      description: 'Deploys',
      scopes: ['deploy:write'],
      audience: ['https://api.example.com'],
      accessTokenSeconds: 600,
    })
    const [tokenUrl, clientId, secret] = revealed.map(({ value }) => value)
    expect(revealed.map(({ label }) => label)).toEqual(['Token URL', 'Client ID', 'Client secret'])
    const { client } = await server
      .sdk(environmentId)
      .m2m.getOrganizationClient(organizationId, clientId ?? '')
    expect(client).toMatchObject({
      name: 'Robot',
      description: 'Deploys',
      scopes: ['deploy:write'],
      audience: ['https://api.example.com'],
      expiry: 600n,
    })
    expect(output).toMatchObject({
      client: { id: clientId, secrets: [{ suffix: secret?.slice(-4) }] },
      tokenUrl,
    })
    expect(JSON.stringify(output)).not.toMatch(secretValue)
    expect(server.log.join('')).not.toMatch(secretValue)
    const response = await fetch(tokenUrl ?? '', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId ?? '',
        client_secret: secret ?? '',
      }),
    })
    expect(await response.json()).toMatchObject({ scope: 'deploy:write' })
  })

  test('says that there is no such organization', async () => {
    const args = { environmentId, organizationId: 'org_999', name: 'Robot' }
    await expect(runTool(server, createOrganizationClient, args)).rejects.toThrow(/org_999/)
  })
})

describe.each(eras)('create_organization_client over %s', (era) => {
  const create = (args: Record<string, unknown>) =>
    server.call(era, 'create_organization_client', { environmentId, organizationId, ...args }, { query })

  test('creates nothing where no person can get the secret', async () => {
    expect((await create({ name: `Robot ${era}` })).error).toMatchObject({ code: 'person_needed' })
    const { clients } = await server.sdk(environmentId).m2m.listOrganizationClients(organizationId)
    expect(clients.map(({ name }) => name)).not.toContain(`Robot ${era}`)
  })

  test.each([
    ['a life that is too short', { accessTokenSeconds: 299 }],
    ['a scope with a space', { scopes: ['a b'] }],
  ])('refuses %s', async (_, args) => {
    expect((await create({ name: 'Robot', ...args })).error).toMatchObject({ code: 'invalid_arguments' })
  })
})
