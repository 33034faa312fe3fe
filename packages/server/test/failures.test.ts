import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  allScopes,
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
} from './server-under-test.js'

const DEV = 'env_100000000000000001'
const ACME = 'org_100000000000000001'
const BEN = 'usr_100000000000000102'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('what a failed call says, over %s', (era) => {
  const call = (tool: string, args: Record<string, unknown>, options?: { token?: string; query?: string }) =>
    server.call(era, tool, { environmentId: DEV, ...args }, options)
  const all = { query: '?toolsets=all' }

  describe('not_found names the object, where it was looked for, and the tool that lists it', () => {
    test.each([
      [
        'get_organization_details',
        { organizationId: 'org_999' },
        'no organization org_999 of env_1',
        'list_organizations',
      ],
      [
        'get_organization_user',
        { organizationId: ACME, userId: 'usr_999' },
        'no user usr_999 in org_1',
        'list_organization_users',
      ],
      [
        'get_connection',
        { connectionId: 'conn_999' },
        'no connection conn_999 of env_1',
        'list_environment_connections',
      ],
      [
        'get_connection',
        { connectionId: 'conn_999', organizationId: ACME },
        'no connection conn_999 in org_1',
        'list_organization_connections',
      ],
      ['get_mcp_server', { mcpServerId: 'res_999' }, 'no MCP server res_999 of env_1', 'list_mcp_servers'],
      [
        'get_directory',
        { organizationId: ACME, directoryId: 'dir_999' },
        'no directory dir_999 in org_1',
        'list_directories',
      ],
      [
        'get_organization_client',
        { organizationId: ACME, clientId: 'm2morg_999' },
        'no client m2morg_999 in org_1',
        'list_organization_clients',
      ],
      ['get_session', { sessionId: 'ses_999' }, 'no session ses_999 of env_1', 'list_user_sessions'],
    ])('%s %o', async (tool, args, message, list) => {
      const { error } = await call(tool, args, all)
      expect(error).toMatchObject({
        code: 'not_found',
        nextStep: `Check the id with ${list}.`,
        environmentId: DEV,
        ...args,
      })
      expect(error?.message).toContain(message)
    })

    test('a role is named by its name', async () => {
      const { error } = await call('delete_environment_role', { name: 'nobody' })
      expect(error).toMatchObject({
        code: 'not_found',
        nextStep: 'Check the name with list_environment_roles.',
      })
    })

    test('an environment', async () => {
      const { error } = await call('list_organizations', { environmentId: 'env_999' })
      expect(error).toMatchObject({ code: 'not_found', message: 'This account has no environment env_999.' })
    })
  })

  describe('already_exists names the one that exists', () => {
    const existingId = ({ error }: Answer) => {
      expect(error).toMatchObject({ code: 'already_exists' })
      return (error as unknown as { existingId?: string }).existingId
    }

    test.each([
      ['create_organization', { name: 'Acme again', externalId: 'acme' }, ACME],
      ['update_organization', { organizationId: 'org_100000000000000002', externalId: 'acme' }, ACME],
      ['create_organization_user', { organizationId: ACME, email: 'Ben@acme.example' }, BEN],
      [
        'create_organization_user',
        { organizationId: ACME, email: 'x@acme.example', externalId: 'acme-1' },
        'usr_100000000000000101',
      ],
      ['create_environment_role', { name: 'admin', displayName: 'Admin' }, 'role_100000000000000001'],
      ['create_environment_scope', { name: 'admin' }, 'scp_100000000000000003'],
      ['create_permission', { name: 'projects:read', description: 'X' }, 'perm_100000000000000001'],
      ['add_domain', { organizationId: ACME, domain: 'acme.example' }, 'dom_100000000000000001'],
      ['register_mcp_server', { name: 'X', url: 'http://localhost:3003/mcp' }, 'res_100000000000000002'],
      ['create_environment_oidc_connection', { provider: 'OKTA', keyId: 'email' }, 'conn_100000000000000001'],
    ])('%s %o', async (tool, args, id) => {
      expect(existingId(await call(tool, args, all))).toBe(id)
    })

    test('for who has only the scope of the write too', async () => {
      const token = await server.token({ scopes: ['organization:write'] })
      expect(
        existingId(await call('create_organization', { name: 'X', externalId: 'acme' }, { token })),
      ).toBe(ACME)
    })
  })

  describe('precondition_failed names what is missing', () => {
    test.each([
      [
        'enable_environment_connection',
        { connectionId: 'conn_100000000000000002', organizationId: ACME },
        'clientSecret',
      ],
      ['enable_directory', { organizationId: ACME, directoryId: 'dir_100000000000000001' }, 'secret'],
      ['delete_environment_role', { name: 'guest' }, 'reassignTo'],
      ['resend_invitation', { organizationId: ACME, userId: BEN }, 'PENDING_INVITE'],
    ])('%s', async (tool, args, missing) => {
      const { error } = await call(tool, args, all)
      expect(error).toMatchObject({ code: 'precondition_failed', nextStep: expect.stringContaining(missing) })
    })
  })

  describe('permission_denied names the role, and who administers', () => {
    const create = async (scopes: string[]) =>
      call(
        'create_organization',
        { name: 'X' },
        { token: await server.token({ subject: 'viewer@example.com', scopes }) },
      )

    test('for who may read the members', async () => {
      const { error } = await create(allScopes)
      expect(error).toMatchObject({
        code: 'permission_denied',
        message: 'create_organization needs the workspace role ADMIN; the role of this caller is USER.',
        nextStep: expect.stringContaining('admin@example.com'),
        role: 'USER',
        administrators: ['admin@example.com'],
      })
    })

    test('without addresses for who may not', async () => {
      const { error } = await create(['organization:write'])
      expect(error).toMatchObject({ code: 'permission_denied', role: 'USER' })
      expect(JSON.stringify(error)).not.toContain('@')
    })
  })

  describe('tool_not_available says how to get the tool', () => {
    test('by the URL of a connection that has it', async () => {
      const { error } = await call('list_permissions', {})
      const url = `${server.url}?toolsets=default,permissions`
      expect(error).toMatchObject({ code: 'tool_not_available', toolset: 'permissions', url })
      expect(error?.nextStep).toContain(url)
      expect((await call('list_permissions', {}, { query: new URL(url).search })).ok).toBe(true)
    })

    test('and keeps what the URL of this connection says', async () => {
      const query = '?toolsets=users&readonly=true'
      const { error } = await call('list_permissions', {}, { query: `${query}&environment=${DEV}` })
      expect(error).toMatchObject({
        url: `${server.url}?toolsets=users,permissions&readonly=true&environment=${DEV}`,
      })
    })
  })

  test('the result of a create is not an error that names an id', async () => {
    const externalId = `fresh-${era}`
    expect(idOf(await call('create_organization', { name: 'Fresh', externalId }), 'organization')).toMatch(
      /^org_/,
    )
  })
})
