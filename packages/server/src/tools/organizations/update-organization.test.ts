import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Era,
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('update_organization over %s', (era) => {
  const read = async (id: string) =>
    (await server.sdk(environmentId).organization.getOrganization(id)).organization
  const update = (args: Record<string, unknown>) =>
    server.call(era, 'update_organization', { environmentId, ...args })

  test('changes what is given and leaves the rest', async () => {
    const organizationId = await newOrganization(era, 'before')
    const { result } = await update({ organizationId, name: 'After', slug: `after-${era}` })
    expect(result?.organization).toMatchObject({ displayName: 'After', externalId: `before-${era}` })
    expect(await read(organizationId)).toMatchObject({
      displayName: 'After',
      externalId: `before-${era}`,
      slug: `after-${era}`,
    })
  })

  test('replaces the metadata, and an empty list removes it', async () => {
    const organizationId = await newOrganization(era, 'metadata')
    await update({ organizationId, metadata: [{ key: 'plan', value: 'gold' }] })
    await update({ organizationId, metadata: [{ key: 'tier', value: '1' }] })
    expect((await read(organizationId))?.metadata).toEqual({ tier: '1' })
    const { result } = await update({ organizationId, metadata: [] })
    expect(result?.organization).not.toHaveProperty('metadata')
    expect(await read(organizationId)).toMatchObject({ metadata: {}, displayName: 'metadata' })
  })

  test('refuses an external id that another has, and to change nothing', async () => {
    const organizationId = await newOrganization(era, 'second')
    const taken = await update({ organizationId, externalId: 'acme' })
    expect(taken.error).toMatchObject({ code: 'already_exists' })
    expect((await update({ organizationId })).error).toMatchObject({
      code: 'invalid_arguments',
      message:
        'Give at least one of name, externalId, slug, metadata. null and an empty text count as left out.',
    })
  })

  test('accepts an object for the list of its members', async () => {
    const organizationId = await newOrganization(era, 'object')
    const { result } = await update({ organizationId, metadata: { plan: 'gold', seats: '12' } })
    expect(result?.organization).toMatchObject({ metadata: { plan: 'gold', seats: '12' } })
  })

  test('refuses metadata of another form, and keys that nobody declared', async () => {
    const organizationId = await newOrganization(era, 'strict')
    const pair = { key: 'plan', value: 'gold' }
    for (const metadata of [{ plan: 1 }, { a: 'short key' }, 'plan', [{ ...pair, extra: 1 }], [pair, pair]]) {
      expect((await update({ organizationId, metadata })).error).toMatchObject({ code: 'invalid_arguments' })
    }
  })
})

async function newOrganization(era: Era, name: string): Promise<string> {
  const externalId = `${name}-${era}`
  return idOf(
    await server.call(era, 'create_organization', { environmentId, name, externalId }),
    'organization',
  )
}
