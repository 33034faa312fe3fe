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
const PRD = 'env_100000000000000002'
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
      [
        'get_organization_user',
        { organizationId: 'org_999', userId: 'usr_999' },
        'no organization org_999 of env_1',
        'list_organizations',
      ],
      ['list_user_sessions', { userId: 'usr_999' }, 'no user usr_999 of env_1', 'list_users'],
      ['remove_user_sessions', { userId: 'usr_999' }, 'no user usr_999 of env_1', 'list_users'],
      [
        'update_client_secret',
        { clientId: 'skc_100000000000000001', secretId: 'sec_999', enabled: false },
        'no secret sec_999 of env_1',
        'get_environment_credentials',
      ],
      [
        'update_client_secret',
        { clientId: 'skc_999', secretId: 'sec_999', enabled: false },
        'no client skc_999 of env_1',
        'list_redirect_uris',
      ],
      ['get_session', { sessionId: 'ses_999' }, 'no session ses_999 of env_1', 'list_user_sessions'],
    ])('%s %o', async (tool, args, message, list) => {
      const { error } = await call(tool, args, all)
      expect(error).toMatchObject({
        code: 'not_found',
        nextStep: expect.stringContaining(`Check the id with ${list}.`),
        environmentId: DEV,
        ...Object.fromEntries(Object.entries(args).filter(([name]) => name.endsWith('Id'))),
      })
      expect(error?.message).toContain(message)
    })

    test('a role is named by its name', async () => {
      const { error } = await call('delete_environment_role', { name: 'nobody' })
      expect(error).toMatchObject({
        code: 'not_found',
        message: `Scalekit has no role nobody of ${DEV}.`,
        nextStep: 'Check the name with list_environment_roles.',
      })
    })

    describe.each([DEV, PRD])(
      'a role or permission that an argument names, in %s before anybody is asked',
      (environmentId) => {
        const organizationId = environmentId === DEV ? ACME : 'org_100000000000000011'
        const missing = (tool: string, args: Record<string, unknown>, token?: string) =>
          call(tool, { ...args, environmentId }, { ...all, ...(token ? { token } : {}) })
        const aRole = expect.stringMatching(/\bmember\b.*list_environment_roles/)
        const aPermission = expect.stringContaining('list_permissions')

        test.each([
          [
            'create_organization_user',
            { organizationId, email: 'x@acme.example', role: 'membr' },
            `role: ${organizationId} has no role membr.`,
            aRole,
          ],
          [
            'add_permissions_to_role',
            { roleName: 'nope', permissions: ['projects:read'] },
            `roleName: ${environmentId} has no role nope.`,
            aRole,
          ],
          [
            'add_permissions_to_role',
            { roleName: 'member', permissions: ['nope:x'] },
            `permissions.0: ${environmentId} has no permission nope:x.`,
            aPermission,
          ],
          [
            'remove_permission_from_role',
            { roleName: 'nope', permission: 'projects:read' },
            `roleName: ${environmentId} has no role nope.`,
            aRole,
          ],
          [
            'remove_permission_from_role',
            { roleName: 'member', permission: 'nope' },
            `permission: ${environmentId} has no permission nope.`,
            aPermission,
          ],
          [
            'create_environment_role',
            { name: 'fresh', displayName: 'Fresh', permissions: ['nope:x'] },
            `permissions.0: ${environmentId} has no permission nope:x.`,
            aPermission,
          ],
          [
            'create_environment_role',
            { name: 'fresh', displayName: 'Fresh', extends: 'nope' },
            `extends: ${environmentId} has no role nope.`,
            aRole,
          ],
          [
            'update_environment_role',
            { name: 'member', permissions: ['nope'] },
            `permissions.0: ${environmentId} has no permission nope.`,
            aPermission,
          ],
          [
            'delete_environment_role',
            { name: 'member', reassignTo: 'nope' },
            `reassignTo: ${environmentId} has no role nope.`,
            aRole,
          ],
        ])('%s %o', async (tool, args, message, nextStep) => {
          expect((await missing(tool, args)).error).toMatchObject({ code: 'not_found', message, nextStep })
        })

        test('update_organization_user', async () => {
          const { items } = (await missing('list_organization_users', { organizationId })).result as {
            items: { id: string }[]
          }
          const args = { organizationId, userId: items[0]?.id, role: 'nope' }
          expect((await missing('update_organization_user', args)).error).toMatchObject({
            code: 'not_found',
            message: `role: ${organizationId} has no role nope.`,
            nextStep: aRole,
          })
        })

        test('without the names for who may not read them', async () => {
          const token = await server.token({ scopes: ['organization:write'] })
          const args = { organizationId, email: 'x@acme.example', role: 'membr' }
          expect((await missing('create_organization_user', args, token)).error).toMatchObject({
            message: `role: ${organizationId} has no role membr.`,
            nextStep: 'Check the name with list_environment_roles.',
          })
        })
      },
    )

    test('an environment', async () => {
      const { error } = await call('list_organizations', { environmentId: 'env_999' })
      expect(error).toMatchObject({ code: 'not_found', message: 'This account has no environment env_999.' })
    })
  })

  describe('what is not an id is refused with the tool that lists such ids', () => {
    test.each<[string, Record<string, unknown>, string, string]>([
      ['list_user_sessions', { userId: 'ben' }, 'userId: Not the id of a user.', 'list_users lists the ids.'],
      [
        'list_user_sessions',
        { userId: 'ben@acme.example' },
        'userId: Not the id of a user.',
        'list_users finds the id by the e-mail address (query).',
      ],
      [
        'get_organization_user',
        { organizationId: ACME, userId: 'ben@acme.example' },
        'userId: Not the id of a user.',
        'list_organization_users finds the id by the e-mail address (query).',
      ],
      [
        'resend_invitation',
        { invitations: [{ organizationId: ACME, userId: 'ben' }] },
        'invitations.0.userId: Not the id of a user.',
        'list_organization_users lists the ids.',
      ],
      [
        'get_directory',
        { organizationId: ACME, directoryId: 'Okta' },
        'directoryId: Not the id of a directory.',
        'list_directories lists the ids.',
      ],
      [
        'get_organization_client',
        { organizationId: ACME, clientId: 'Robot' },
        'clientId: Not the id of a client.',
        'list_organization_clients lists the ids.',
      ],
      [
        'rotate_client_secret',
        { clientId: 'app' },
        'clientId: Not the id of a client.',
        'list_redirect_uris lists the ids.',
      ],
      [
        'get_connection',
        { connectionId: 'okta' },
        'connectionId: Not the id of a connection.',
        'list_environment_connections lists the ids.',
      ],
    ])('%s %o', async (tool, args, message, nextStep) => {
      const { error } = await call(tool, args, all)
      expect(error).toMatchObject({ code: 'invalid_arguments', message })
      expect(error?.nextStep).toContain(nextStep)
    })
  })

  describe('already_exists names the one that exists', () => {
    const existingId = ({ error }: Answer) => {
      expect(error).toMatchObject({ code: 'already_exists' })
      return (error as unknown as { existingId?: string }).existingId
    }

    test.each<[string, Record<string, unknown>, string, string]>([
      ['create_organization', { name: 'Acme again', externalId: 'acme' }, 'externalId', ACME],
      [
        'update_organization',
        { organizationId: 'org_100000000000000002', externalId: 'acme' },
        'externalId',
        ACME,
      ],
      ['create_organization_user', { organizationId: ACME, email: 'Ben@acme.example' }, 'email', BEN],
      [
        'create_organization_user',
        { organizationId: ACME, email: 'x@acme.example', externalId: 'acme-1' },
        'externalId',
        'usr_100000000000000101',
      ],
      ['create_environment_role', { name: 'admin', displayName: 'Admin' }, 'name', 'role_100000000000000001'],
      ['create_environment_scope', { name: 'admin' }, 'name', 'scp_100000000000000003'],
      ['create_permission', { name: 'projects:read', description: 'X' }, 'name', 'perm_100000000000000001'],
      ['add_domain', { organizationId: ACME, domain: 'acme.example' }, 'domain', 'dom_100000000000000001'],
      [
        'register_mcp_server',
        { name: 'X', url: 'http://localhost:3003/mcp' },
        'url',
        'res_100000000000000002',
      ],
      [
        'create_environment_oidc_connection',
        { provider: 'OKTA', keyId: 'email' },
        'keyId',
        'conn_100000000000000001',
      ],
    ])('%s %o', async (tool, args, argument, id) => {
      const answer = await call(tool, args, all)
      expect(existingId(answer)).toBe(id)
      expect(answer.error).toMatchObject({
        message: `${argument} is taken: ${id} has it.`,
        nextStep: `Read or change ${id}, or choose another ${argument}.`,
        argument,
      })
    })

    test.each([
      [
        'add_domain',
        { organizationId: 'org_100000000000000002', domain: 'Acme.example' },
        'Another organization of this environment has the domain acme.example.',
        'remove_domain',
      ],
      [
        'update_organization',
        { organizationId: 'org_100000000000000002', slug: 'taken-slug' },
        `The organization ${ACME} has the slug taken-slug.`,
        'another slug',
      ],
      [
        'create_organization_user',
        { organizationId: 'org_100000000000000002', email: 'Ben@acme.example', givenName: 'Ben' },
        `The user ${BEN} of this environment has this e-mail address and is not in org_100000000000000002.`,
        'Call again without givenName',
      ],
    ])('and what to do instead: %s %o', async (tool, args, message, nextStep) => {
      await call('update_organization', { organizationId: ACME, slug: 'taken-slug' })
      expect((await call(tool, args, all)).error).toMatchObject({
        code: 'already_exists',
        message,
        nextStep: expect.stringContaining(nextStep),
      })
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
