import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeState } from '../../../test/local-state.js'
import {
  type Answer,
  eras,
  itemsOf,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const query = '?toolsets=domains'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
  await changeState(server, ({ environments: [dev] }) => {
    const acme = { organization: organizationId }
    dev?.domains.push(
      { ...acme, id: 'dom_100000000000000081', domain: 'acme.test' },
      { ...acme, id: 'dom_100000000000000082', domain: 'mail.acme.example', type: 'ALLOWED_EMAIL_DOMAIN' },
      {
        id: 'dom_100000000000000091',
        organization: 'org_100000000000000003',
        domain: 'initech.example',
        status: 'PENDING',
        data: {
          txt_record_key: '_scalekit.initech.example',
          txt_record_secret: 'proof',
          verification_method: 'DNS',
        },
      },
    )
  })
})
afterAll(() => server.close())

describe.each(eras)('list_domains over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(era, 'list_domains', { environmentId, organizationId, ...args }, { query })
  const domains = (answer: Answer) => itemsOf(answer).map(({ domain }) => domain)

  test('lists the domains of one organization, by what they are for', async () => {
    const all = await list()
    expect(all.result?.items).toContainEqual({
      id: 'dom_100000000000000001',
      domain: 'acme.example',
      type: 'ORGANIZATION_DOMAIN',
      status: 'AUTO_VERIFIED',
      createdAt: expect.any(String),
    })
    expect(domains(all)).toHaveLength(3)
    expect(domains(await list({ type: 'ALLOWED_EMAIL_DOMAIN' }))).toEqual(['mail.acme.example'])
  })

  test('gives them in pages of the size that the first page had', async () => {
    const first = await list({ pageSize: 2 })
    const rest = await list({ pageToken: first.result?.nextPageToken })
    expect([domains(first).length, domains(rest).length]).toEqual([2, 1])
    expect(new Set([...domains(first), ...domains(rest)]).size).toBe(3)
    expect(rest.result?.nextPageToken).toBeUndefined()
  })

  test.each([
    ['an organization that does not exist', { organizationId: 'org_999' }, 'not_found'],
    ['a token of another list', { pageToken: 'x' }, 'invalid_arguments'],
    ['a page before the first', { pageToken: '0.20' }, 'invalid_arguments'],
  ])('refuses %s', async (_, args, code) => {
    expect((await list(args)).error).toMatchObject({ code })
  })

  test('shows the DNS record of a domain that is still to be verified', async () => {
    const { domain } = await server
      .sdk(environmentId)
      .domain.getDomain('org_100000000000000003', 'dom_100000000000000091')
    expect(domain?.txtRecordKey).toBe('_scalekit.initech.example')
    const { result } = await list({ organizationId: 'org_100000000000000003' })
    expect(result?.items).toMatchObject([
      { status: 'PENDING', dnsRecord: { name: '_scalekit.initech.example', value: 'proof' } },
    ])
  })
})
