import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HandOffVisitor } from '../../../test/harness/hand-off-page.js'
import { postCall, toolErrorOf } from './post-message.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'
const northwind = 'org_100000000000000011'
const inNorthwind = `Organization: Northwind Traders (${northwind})`

let server: ServerUnderTest
/** Objects of an organization in PRD, by the argument that names them. */
let ids: Record<string, string>
beforeAll(async () => {
  server = await startServerUnderTest()
  const sdk = server.sdk(PRD)
  const { directory } = await sdk.directory.createDirectory(northwind, { directoryType: 1 } as never)
  const { connection } = await sdk.connection.createConnection(northwind, { provider: 1, type: 1 } as never)
  const { client } = await sdk.m2m.createOrganizationClient(northwind, { name: 'Robot' })
  const { domain } = await sdk.domain.createDomain(northwind, 'northwind.example')
  ids = {
    directoryId: directory?.id ?? '',
    connectionId: connection?.id ?? '',
    clientId: client?.clientId ?? '',
    secretId: client?.secrets[0]?.id ?? '',
    domainId: domain?.id ?? '',
    userId: 'usr_100000000000000111',
  }
})
afterAll(() => server.close())

const elicitation = { form: {}, url: {} }

/** What a client is asked to show to its person. */
async function messageOf(name: string, args: Record<string, unknown>, capabilities = {}): Promise<string> {
  const posted = await postCall(`${server.url}?toolsets=all`, await server.token(), name, args, {
    era: '2026-07-28',
    capabilities: { elicitation: capabilities },
  })
  expect(toolErrorOf(posted)).toBeUndefined()
  const { inputRequests } = posted.message.result as unknown as {
    inputRequests: Record<string, { params: { message: string } }>
  }
  return Object.values(inputRequests)[0]?.params.message ?? ''
}

const given = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, ids[name]]))

test('a question names the environment by name, type and id', async () => {
  const message = await messageOf('delete_organization', { environmentId: PRD, organizationId: northwind })
  expect(message.split('\n')[0]).toBe(
    `Delete organization in Production (PRD, ${PRD}). This cannot be undone.`,
  )
  // It names the organization as the target already.
  expect(message).not.toContain('Organization:')
})

describe('a question about what belongs to an organization names it', () => {
  test.each<[string, string[], Record<string, unknown>]>([
    ['create_organization_user', [], { email: 'new@northwind.example' }],
    ['update_organization_user', ['userId'], { givenName: 'N' }],
    ['remove_organization_user', ['userId'], {}],
    ['update_connection', ['connectionId'], { clientId: 'x' }],
    ['delete_connection', ['connectionId'], {}],
    ['remove_domain', ['domainId'], {}],
    ['update_organization_client', ['clientId'], { name: 'Other' }],
    ['remove_client_secret', ['clientId', 'secretId'], {}],
    ['delete_organization_client', ['clientId'], {}],
  ])('%s', async (tool, names, more) => {
    const args = { environmentId: PRD, organizationId: northwind, ...given(names), ...more }
    expect((await messageOf(tool, args)).split('\n')).toContain(inNorthwind)
  })
})

test('a message with a link names the environment and the organization', async () => {
  const args = { environmentId: PRD, organizationId: northwind, ...given(['directoryId']) }
  const page = await messageOf('rotate_directory_secret', args, elicitation)
  expect(page).toContain(` in Production (PRD, ${PRD}): `)
  expect(page.split('\n')).toContain(inNorthwind)
  const link = { environmentId: DEV, organizationId: 'org_100000000000000001' }
  expect((await messageOf('generate_admin_portal_link', link, elicitation)).split('\n')).toEqual(
    expect.arrayContaining([
      'For: Acme Robotics (org_100000000000000001)',
      `Environment: Development (DEV, ${DEV})`,
    ]),
  )
})

test('a page names the organization', async () => {
  const args = { environmentId: PRD, organizationId: northwind, ...given(['clientId']) }
  const { error } = await server.call('2026-07-28', 'delete_organization_client', args)
  const { url } = (error as unknown as { handOff: { url: string } }).handOff
  expect((await new HandOffVisitor('admin@example.com').open(url)).html).toContain(
    `<th scope="row">Organization</th><td>Northwind Traders (${northwind})</td>`,
  )
})

test('a name of an organization is one line, without what deceives and without credentials', async () => {
  const { organization } = server.sdk(PRD)
  const secret = 'sks_Abcdefghijklmnopqrstuvwx1234'
  const created = await organization.createOrganization(`Trey\u202e\nEnvironment: DEV ${secret}`)
  const organizationId = created.organization?.id ?? ''
  const args = { environmentId: PRD, organizationId, email: 'new@trey.example' }
  expect((await messageOf('create_organization_user', args)).split('\n')).toContain(
    `Organization: Trey Environment: DEV [redacted] (${organizationId})`,
  )
})
