import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
  idsOf,
  itemsOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const acme = 'org_100000000000000001'
const globex = 'org_100000000000000002'

let server: ServerUnderTest
let enabled: string
let draft: string
beforeAll(async () => {
  server = await startServerUnderTest()
  const create = async (organizationId: string, settings: Record<string, unknown>) =>
    idOf(
      await server.call('2026-07-28', 'create_organization_connection', {
        environmentId,
        organizationId,
        provider: 'OKTA',
        type: 'OIDC',
        ...settings,
      }),
      'connection',
    )
  const settings = { issuer: 'https://okta.example.com', clientId: 'a', clientSecret: 'b' }
  enabled = await create(globex, { ...settings, enabled: true })
  draft = await create(acme, {})
})
afterAll(() => server.close())

describe.each(eras)('search_organization_connections over %s', (era) => {
  const search = (args: Record<string, unknown> = {}) =>
    server.call(era, 'search_organization_connections', { environmentId, ...args })

  test('finds those of all organizations, with the name of each', async () => {
    const all = await search()
    const { connections } = await server.read('organizations/-/connections', environmentId)
    expect(idsOf(all)).toEqual((connections as { id: string }[]).map(({ id }) => id))
    expect(itemsOf(all).find(({ id }) => id === enabled)).toMatchObject({
      organizationId: globex,
      organizationName: 'Globex',
      enabled: true,
    })
  })

  test('is narrowed by text, status and whether they are enabled', async () => {
    expect(idsOf(await search({ query: 'globex', enabled: true }))).toEqual([enabled])
    expect(idsOf(await search({ status: 'DRAFT' }))).toContain(draft)
    expect(idsOf(await search({ status: 'DRAFT', enabled: true }))).toEqual([])
  })

  test('has nothing of another environment', async () => {
    expect(idsOf(await search({ environmentId: 'env_100000000000000002' }))).not.toContain(enabled)
  })
})
