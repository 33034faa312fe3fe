import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
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

describe.each(eras)('add_domain over %s', (era) => {
  const add = (args: Record<string, unknown>, person?: Person) =>
    server.call(
      era,
      'add_domain',
      { environmentId, organizationId, ...args },
      { query, ...(person && { person }) },
    )
  const stored = async (environment: string, organization: string) =>
    (await server.sdk(environment).domain.listDomains(organization)).domains.map(({ domain }) => domain)

  test('gives an organization a domain', async () => {
    const answer = await add({ domain: `New-${era}.example`, type: 'ALLOWED_EMAIL_DOMAIN' })
    expect(answer.result?.domain).toMatchObject({
      domain: `new-${era}.example`,
      type: 'ALLOWED_EMAIL_DOMAIN',
      status: 'AUTO_VERIFIED',
    })
    const { domain } = await server
      .sdk(environmentId)
      .domain.getDomain(organizationId, idOf(answer, 'domain'))
    expect(domain).toMatchObject({ domain: `new-${era}.example`, domainType: 1, organizationId })
  })

  test('in PRD only after a person confirmed it', async () => {
    const args = { environmentId: PRD, organizationId: northwind, domain: `prd-${era}.example` }
    expect((await add(args)).error).toMatchObject({ code: 'person_needed' })
    const asked: string[] = []
    const refused = await add(args, (message) => {
      asked.push(message)
      return { action: 'decline' }
    })
    expect(refused.error).toMatchObject({ code: 'confirmation_declined' })
    expect(asked).toEqual([expect.stringContaining(`Domain: prd-${era}.example\nType: ORGANIZATION_DOMAIN`)])
    expect(await stored(PRD, northwind)).not.toContain(args.domain)
    expect((await add(args, typesTheName)).ok).toBe(true)
    expect(await stored(PRD, northwind)).toContain(args.domain)
  })

  test('refuses a domain that another organization has', async () => {
    expect((await add({ domain: 'globex.example' })).error).toMatchObject({ code: 'already_exists' })
  })

  test.each([
    'acme',
    'https://acme.example',
    'acme.example/x',
    'a b.example',
    '*.acme.example',
    'acme.example.',
  ])('refuses %j, which is no domain name, before anything is asked', async (domain) => {
    const { error } = await add({ domain })
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringMatching(/^domain: /) })
  })
})
