import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idsOf,
  itemsOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('create_organizations over %s', (era) => {
  const create = (organizations: unknown, more: Record<string, unknown> = {}) =>
    server.call(era, 'create_organizations', { environmentId, organizations, ...more })
  const found = async (query: string) =>
    (await server.sdk(environmentId).organization.searchOrganization(query, 30)).organizations

  test('creates fifteen in one call, in their order', async () => {
    const wanted = Array.from({ length: 15 }, (_, index) => ({
      name: `Tenant ${era} ${index}`,
      externalId: `tenant-${era}-${index}`,
    }))
    const { result } = await create(wanted)
    expect(result?.created).toBe(15)
    expect(result?.items).toEqual(
      wanted.map(({ name, externalId }) => ({
        name,
        organization: expect.objectContaining({ displayName: name, externalId }),
      })),
    )
    const upstream = await found(`Tenant ${era}`)
    expect(upstream.map(({ externalId }) => externalId).sort()).toEqual(
      wanted.map(({ externalId }) => externalId).sort(),
    )
    const listed = await server.call(era, 'list_organizations', {
      environmentId,
      query: `tenant ${era}`,
      pageSize: 100,
    })
    expect(idsOf(listed).sort()).toEqual(upstream.map(({ id }) => id).sort())
  })

  test('says of each item why it failed, and creates the others', async () => {
    const first = await create([{ name: 'First', externalId: `taken-${era}` }])
    const { organization } = itemsOf(first)[0] as unknown as { organization: { id: string } }
    const { result } = await create([
      { name: 'Second', externalId: `taken-${era}` },
      { name: `Third ${era}` },
    ])
    expect(result).toMatchObject({
      created: 1,
      items: [
        {
          name: 'Second',
          error: {
            code: 'already_exists',
            message: `externalId is taken: ${organization.id} has it.`,
            nextStep: expect.stringContaining('another externalId'),
          },
        },
        { name: `Third ${era}`, organization: { displayName: `Third ${era}` } },
      ],
    })
    expect(await found(`Third ${era}`)).toHaveLength(1)
  })

  test('repeated with the same key, creates each once', async () => {
    const key = { idempotencyKey: `several-${era}` }
    const first = await create([{ name: `Once ${era}` }], key)
    expect((await create([{ name: `Once ${era}` }], key)).result).toEqual(first.result)
    expect(await found(`Once ${era}`)).toHaveLength(1)
  })

  test.each([
    ['none', []],
    ['more than 20', Array.from({ length: 21 }, () => ({ name: 'Many' }))],
    ['a name with what nobody sees', [{ name: 'a\u202eb' }]],
  ])('refuses %s', async (_, organizations) => {
    expect((await create(organizations)).error).toMatchObject({ code: 'invalid_arguments' })
  })
})
