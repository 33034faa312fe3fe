import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('create_organization over %s', (era) => {
  test('creates an organization', async () => {
    const { result } = await server.call(era, 'create_organization', {
      environmentId,
      name: 'Hooli',
      externalId: `hooli-${era}`,
    })
    expect(result?.organization).toMatchObject({
      id: expect.stringMatching(/^org_[0-9]{18}$/),
      displayName: 'Hooli',
      externalId: `hooli-${era}`,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    })
    const sdk = server.sdk(environmentId)
    const { organization } = await sdk.organization.getOrganizationByExternalId(`hooli-${era}`)
    expect(organization?.displayName).toBe('Hooli')
  })

  test('still takes the former name of its argument', async () => {
    const { result } = await server.call(era, 'create_organization', {
      environmentId,
      organizationName: 'Former',
    })
    expect(result?.organization).toMatchObject({ displayName: 'Former' })
  })

  test('refuses a second organization with the same external id', async () => {
    const create = () =>
      server.call(era, 'create_organization', { environmentId, name: 'Twice', externalId: `twice-${era}` })
    await create()
    expect((await create()).error).toMatchObject({ code: 'already_exists' })
  })

  test.each(['', ' padded', 'a\u0000b', 'a\u202eb', 'x'.repeat(201), 1])(
    'refuses the name %j',
    async (name) => {
      const { error } = await server.call(era, 'create_organization', { environmentId, name })
      expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringMatching(/^name: /) })
    },
  )
})
