import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atPage } from '../packages/server/test/at-page.js'
import {
  type Answer,
  type Era,
  eras,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../packages/server/test/server-under-test.js'
import { untilAnswered } from './harness/until-answered.js'
import { untilServed } from './harness/until-served.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const inOrganization = { environmentId, organizationId }
/** Those of the table, without SCALEKIT: the API refuses to create a connection of that provider. */
const providers = [
  ...[
    'OKTA',
    'GOOGLE',
    'MICROSOFT_AD',
    'AUTH0',
    'ONELOGIN',
    'PING_IDENTITY',
    'JUMPCLOUD',
    'CUSTOM',
    'GITHUB',
  ],
  ...['GITLAB', 'LINKEDIN', 'SALESFORCE', 'MICROSOFT', 'IDP_SIMULATOR', 'ADFS'],
]

/** The id of the last object that a call created. */
type Created = (tool: string, object: string) => string

interface Documented {
  readonly tool: string
  readonly args: (created: Created, era: Era) => Record<string, unknown>
  /** What the result says of the arguments. */
  readonly result?: (era: Era) => unknown
}

const items = { items: expect.any(Array) }

/**
 * Every tool of the documents and of the public table of Scalekit's MCP server, with the arguments by the names that they
 * have there. Each uses what the ones above it created.
 */
const documented: readonly Documented[] = [
  { tool: 'list_environments', args: () => ({}), result: () => items },
  {
    tool: 'get_environment_details',
    args: () => ({ environmentId }),
    result: () => ({ environment: { id: environmentId } }),
  },
  { tool: 'list_environment_roles', args: () => ({ environmentId }), result: () => items },
  {
    tool: 'create_environment_role',
    args: (_, era) => ({
      environmentId,
      roleName: roleOf(era),
      displayName: 'Auditor',
      description: 'Reads everything',
      isDefault: true,
    }),
    result: (era) => ({ role: { name: roleOf(era), isDefaultForMembers: true } }),
  },
  { tool: 'list_environment_scopes', args: () => ({ environmentId }), result: () => items },
  {
    tool: 'create_environment_scope',
    args: (_, era) => ({
      environmentId,
      scopeName: `audit:${era.replaceAll('-', '')}`,
      description: 'Read the audit log',
    }),
  },

  { tool: 'list_workspace_members', args: () => ({}), result: () => items },
  {
    tool: 'invite_workspace_member',
    args: (_, era) => ({ email: `member-${era}@example.com` }),
    result: () => ({ member: { role: 'USER' } }),
  },

  { tool: 'list_organizations', args: () => ({ environmentId }), result: () => items },
  { tool: 'get_organization_details', args: () => inOrganization },
  { tool: 'create_organization', args: () => ({ environmentId, name: 'Hooli' }) },
  { tool: 'generate_admin_portal_link', args: () => inOrganization },
  {
    tool: 'create_organization_user',
    args: (_, era) => ({
      ...inOrganization,
      email: `gavin-${era}@hooli.example`,
      externalId: `hooli-${era}`,
      firstName: 'Gavin',
      lastName: 'Belson',
      metadata: { department: 'Board', floor: '12' },
    }),
    result: (era) => ({ user: { externalId: `hooli-${era}`, name: 'Gavin Belson' } }),
  },
  { tool: 'list_organization_users', args: () => inOrganization, result: () => items },
  {
    tool: 'update_organization_settings',
    args: () => ({ ...inOrganization, feature: [{ name: 'dir_sync', enabled: true }] }),
    result: () => ({ organization: { features: { dir_sync: true } } }),
  },

  { tool: 'list_environment_connections', args: () => ({ environmentId }), result: () => items },
  { tool: 'list_organization_connections', args: () => inOrganization, result: () => items },
  ...providers.map(
    (provider): Documented => ({
      tool: 'create_environment_oidc_connection',
      args: () => ({ environmentId, provider }),
      result: () => ({ connection: { provider } }),
    }),
  ),
  {
    tool: 'update_environment_oidc_connection',
    args: (created, era) => ({
      environmentId,
      connectionId: created('create_environment_oidc_connection', 'connection'),
      key_id: `OKTA_${roleOf(era)}`,
      provider: 'OKTA',
      oidc_config: {
        issuer: 'https://hooli.okta.example',
        discovery_endpoint: 'https://hooli.okta.example/.well-known/openid-configuration',
        authorize_uri: 'https://hooli.okta.example/authorize',
        token_uri: 'https://hooli.okta.example/token',
        user_info_uri: 'https://hooli.okta.example/userinfo',
        jwks_uri: 'https://hooli.okta.example/keys',
        client_id: 'client',
        client_secret: 'client-secret',
        scopes: ['openid', 'email'],
      },
    }),
    result: (era) => ({
      connection: { provider: 'OKTA', keyId: `OKTA_${roleOf(era)}`, status: 'COMPLETED' },
    }),
  },
  ...['connectionId', 'connection_id'].map(
    (name): Documented => ({
      tool: 'enable_environment_connection',
      args: (created) => ({
        environmentId,
        [name]: created('create_environment_oidc_connection', 'connection'),
      }),
    }),
  ),

  { tool: 'list_mcp_servers', args: () => ({ environmentId }), result: () => items },
  {
    tool: 'register_mcp_server',
    args: (_, era) => ({
      environmentId,
      name: 'Notes',
      description: 'Notes of the team',
      url: `https://notes-${era}.example.com/mcp`,
      access_token_expiry: 600,
      provider: `OKTA_${roleOf(era)}`,
      use_scalekit_authentication: false,
    }),
    result: (era) => ({ mcpServer: { accessTokenSeconds: 600, provider: `OKTA_${roleOf(era)}` } }),
  },
  {
    tool: 'switch_mcp_auth_to_scalekit',
    args: (created) => ({ environmentId, id: created('register_mcp_server', 'mcpServer') }),
  },
  {
    tool: 'update_mcp_server',
    args: (created, era) => ({
      environmentId,
      id: created('register_mcp_server', 'mcpServer'),
      name: 'Notes 2',
      description: 'Notes of the company',
      url: `https://notes2-${era}.example.com/mcp`,
      access_token_expiry: 900,
      provider: `OKTA_${roleOf(era)}`,
      use_scalekit_authentication: false,
    }),
    result: (era) => ({
      mcpServer: { name: 'Notes 2', accessTokenSeconds: 900, provider: `OKTA_${roleOf(era)}` },
    }),
  },
  {
    tool: 'update_mcp_server',
    args: (created) => ({
      environmentId,
      id: created('register_mcp_server', 'mcpServer'),
      use_scalekit_authentication: true,
    }),
    result: () => ({ mcpServer: expect.not.objectContaining({ provider: expect.anything() }) }),
  },
]

const roleOf = (era: Era) => `auditor_${era.replaceAll('-', '_')}`

/** The tools of the document's reference, in its order. */
const reference = `list_environments get_environment_details list_environment_roles create_environment_role
  list_environment_scopes create_environment_scope list_organizations get_organization_details create_organization
  generate_admin_portal_link create_organization_user list_organization_users update_organization_settings
  list_environment_connections list_organization_connections create_environment_oidc_connection
  update_environment_oidc_connection enable_environment_connection list_workspace_members invite_workspace_member
  list_mcp_servers register_mcp_server update_mcp_server switch_mcp_auth_to_scalekit`.split(/\s+/)

test('every tool of the reference is called below', () => {
  expect(reference.filter((name) => !documented.some(({ tool }) => tool === name))).toEqual([])
})

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest({ LINKS_IN_RESULTS: '1' })
})
afterAll(() => server.close())

const call: ServerUnderTest['call'] = (...args) =>
  untilAnswered(() => untilServed(() => server.call(...args)))

describe.each(eras)('with the official client of %s', (era) => {
  const answers = new Map<string, Answer>()
  const created: Created = (tool, object) => {
    const { id } = (answers.get(tool)?.result?.[object] ?? {}) as { id?: string }
    return id ?? `${tool} created nothing`
  }

  test.each(documented)('$tool answers to the documented arguments', async ({ tool, args, result }) => {
    const send = () => call(era, tool, args(created, era), { person: typesTheName })
    const first = await send()
    const waits = first.error?.code === 'person_needed'
    if (waits) await atPage(first.error)
    const answer = waits ? await send() : first
    answers.set(tool, answer)
    expect(answer.error).toBeUndefined()
    expect(answer.result).toMatchObject(result?.(era) ?? {})
  })

  test('the metadata of a user is stored', async () => {
    const { user } = await server.sdk(environmentId).user.getUser(created('create_organization_user', 'user'))
    expect(user?.metadata).toEqual({ department: 'Board', floor: '12' })
  })

  test('pages of a list follow by pageToken', async () => {
    const first = await call(era, 'list_organizations', { environmentId, pageSize: 1 })
    const pageToken = first.result?.nextPageToken
    const second = await call(era, 'list_organizations', { environmentId, pageSize: 1, pageToken })
    expect(second.result?.items).toEqual([expect.objectContaining({ id: expect.stringMatching(/^org_/) })])
    expect(second.result?.items).not.toEqual(first.result?.items)
  })

  test.each([
    [{ oidc_config: { redirect_uri: 'https://a.example' } }, '"oidc_config.redirect_uri" is not an argument'],
    [
      { oidc_config: { issuer: 'https://a.example' }, issuer: 'https://b.example' },
      'Give issuer or oidc_config.issuer, not both',
    ],
    [{ oidc_config: ['https://a.example'] }, 'oidc_config: Give an object'],
    [{ oidc_config: { toString: 'x' } }, '"oidc_config.toString" is not an argument'],
    [{ key_id: 'A', keyId: 'B' }, 'Give keyId or key_id, not both'],
  ])('refuses %j in a sentence', async (args, sentence) => {
    const { error } = await call(era, 'create_environment_oidc_connection', {
      environmentId,
      provider: 'OKTA',
      ...args,
    })
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining(sentence) })
  })

  test.each([
    [{ use_scalekit_authentication: false }, 'provider: Needed when useScalekitAuthentication is false'],
    [{ use_scalekit_authentication: true, provider: 'OKTA' }, 'provider: Leave it out'],
  ])('refuses an MCP server with %j', async (args, sentence) => {
    const { error } = await call(era, 'register_mcp_server', {
      environmentId,
      name: 'Notes',
      url: 'https://notes.example.com/mcp',
      ...args,
    })
    expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining(sentence) })
  })
})
