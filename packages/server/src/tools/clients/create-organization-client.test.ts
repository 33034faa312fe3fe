import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

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

describe.each(eras)('create_organization_client over %s', (era) => {
  const create = (args: Record<string, unknown>) =>
    server.call(era, 'create_organization_client', { environmentId, organizationId, ...args }, { query })

  test('creates a client, and reveals its secret to nobody', async () => {
    const answer = await create({
      name: `Robot ${era}`,
      description: 'Deploys',
      scopes: ['deploy:write'],
      audience: ['https://api.example.com'],
      accessTokenSeconds: 600,
    })
    const { client } = await server
      .sdk(environmentId)
      .m2m.getOrganizationClient(organizationId, idOf(answer, 'client'))
    expect(client).toMatchObject({
      name: `Robot ${era}`,
      description: 'Deploys',
      scopes: ['deploy:write'],
      audience: ['https://api.example.com'],
      expiry: 600n,
    })
    const [secret] = client?.secrets ?? []
    expect(answer.result).toMatchObject({
      client: { secrets: [{ id: secret?.id, suffix: secret?.secretSuffix }] },
      nextStep: expect.stringContaining('dashboard'),
    })
    for (const text of [JSON.stringify(answer), server.log.join('')]) expect(text).not.toMatch(secretValue)
    const { plainSecret } = await server
      .sdk(environmentId)
      .m2m.addOrganizationClientSecret(organizationId, idOf(answer, 'client'))
    expect(plainSecret).toMatch(secretValue)
  })

  test('repeated with the same key, creates one', async () => {
    const key = { name: 'Once', idempotencyKey: `key-${era}` }
    expect(idOf(await create(key), 'client')).toBe(idOf(await create(key), 'client'))
  })

  test.each([
    ['an organization that does not exist', { organizationId: 'org_999' }, 'not_found'],
    ['a life that is too short', { accessTokenSeconds: 299 }, 'invalid_arguments'],
    ['a scope with a space', { scopes: ['a b'] }, 'invalid_arguments'],
  ])('refuses %s', async (_, args, code) => {
    expect((await create({ name: 'Robot', ...args })).error).toMatchObject({ code })
  })
})
