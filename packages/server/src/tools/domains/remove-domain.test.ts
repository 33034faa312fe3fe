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
const query = '?toolsets=domains'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('remove_domain over %s', (era) => {
  const remove = (args: Record<string, unknown>, person?: Person) =>
    server.call(era, 'remove_domain', args, { query, ...(person && { person }) })

  test('removes a domain; in PRD only after a person typed it', async () => {
    for (const [environment, organization] of [
      [environmentId, organizationId],
      [PRD, northwind],
    ] as const) {
      const { domain: api } = server.sdk(environment)
      const { domain } = await api.createDomain(organization, `gone-${era}.example`)
      const args = { environmentId: environment, organizationId: organization, domainId: domain?.id }
      if (environment === PRD) {
        expect((await remove(args)).error).toMatchObject({ code: 'person_needed' })
      }
      expect((await remove(args, typesTheName)).result).toEqual({ removed: true })
      const left = await api.listDomains(organization)
      expect(left.domains.map(({ id }) => id)).not.toContain(domain?.id)
    }
  })

  test('removes nothing of another organization', async () => {
    const args = { environmentId, organizationId, domainId: 'dom_100000000000000002' }
    expect((await remove(args)).error).toMatchObject({ code: 'not_found' })
    const { domain } = await server
      .sdk(environmentId)
      .domain.getDomain('org_100000000000000002', 'dom_100000000000000002')
    expect(domain?.domain).toBe('globex.example')
  })
})
