import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isConfirmed } from '../src/call/interaction/question.js'
import createOrganizationClient from '../src/tools/clients/create-organization-client.js'
import createDirectory from '../src/tools/directories/create-directory.js'
import { tools } from '../src/tools/index.js'
import { auditPlace, readRecords } from './audit-records.js'
import { runTool } from './run-tool.js'
import {
  allScopes,
  idOf,
  type Person,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from './server-under-test.js'

const environmentId = 'env_100000000000000002'
const organizationId = 'org_100000000000000011'
const userId = 'usr_100000000000000111'
const clientId = 'skc_100000000000000002'
const connectionId = 'conn_100000000000000011'
const login = 'https://app.example.com/login'

type Arguments = Readonly<Record<string, unknown>>

let server: ServerUnderTest
let auditFile: string
/** What only exists once the test has created it. */
let ids: Readonly<
  Record<'directoryId' | 'draftId' | 'oidcId' | 'mcpServerId' | 'machineId' | 'secretId', string>
>

async function callAndCount(tool: string, args: Arguments, token?: string) {
  const questions: string[] = []
  const person: Person = (message) => {
    questions.push(message)
    return typesTheName(message)
  }
  const options = { query: '?toolsets=all', person, ...(token && { token }) }
  const answer = await server.call('2026-07-28', tool, { environmentId, ...args }, options)
  return { ...answer, questions }
}

beforeAll(async () => {
  auditFile = (await auditPlace()).file
  server = await startServerUnderTest({ AUDIT_FILE: auditFile })
  const { output } = await runTool(server, createDirectory, { environmentId, organizationId })
  const { client } = (await server.read(`clients/${clientId}`, environmentId)) as {
    client: { secrets: { id: string }[] }
  }
  const draft = await callAndCount('create_environment_oidc_connection', { provider: 'CUSTOM' })
  const oidc = await callAndCount('create_organization_connection', {
    ...{ organizationId, type: 'OIDC', provider: 'OKTA', clientSecret: 'theirs' },
  })
  const mcpServer = await callAndCount('register_mcp_server', {
    name: 'Notes',
    url: 'https://notes.example.com/mcp',
    scopes: ['notes:read', 'notes:write'],
  })
  const { organization } = server.sdk(environmentId)
  await organization.updateOrganizationSettings(organizationId, {
    features: [{ name: 'sso', enabled: true }],
  })
  const machine = await runTool(server, createOrganizationClient, {
    environmentId,
    organizationId,
    name: 'Deploys',
  })
  ids = {
    directoryId: (output.directory as { id: string }).id,
    draftId: idOf(draft, 'connection'),
    oidcId: idOf(oidc, 'connection'),
    mcpServerId: idOf(mcpServer, 'mcpServer'),
    machineId: (machine.output.client as { id: string }).id,
    secretId: client.secrets[0]?.id ?? '',
  }
})
afterAll(() => server.close())

/** The writes that went out. */
async function intents() {
  return (await readRecords(auditFile)).filter(({ type }) => type === 'intent')
}

/** By tool, calls that are made one after the other: each changes something, and changes nothing when it is repeated. */
const changes: Readonly<Record<string, () => readonly Arguments[]>> = {
  add_permissions_to_role: () => [{ roleName: 'member', permissions: ['projects:read', 'projects:write'] }],
  remove_permission_from_role: () => [{ roleName: 'member', permission: 'projects:write' }],
  add_redirect_uri: () => [{ uri: 'https://app.example.com/callback' }],
  add_post_logout_redirect_uri: () => [{ uri: 'https://app.example.com/bye' }],
  set_initiate_login_uri: () => [{ uri: login }],
  remove_initiate_login_uri: () => [{}],
  set_app_urls: () => [
    { addRedirectUris: ['https://app.example.com/one', 'https://app.example.com/two'] },
    { addPostLogoutRedirectUris: ['https://app.example.com/out'], initiateLoginUri: login },
  ],
  disable_directory: () => [{ organizationId, directoryId: ids.directoryId }],
  enable_directory: () => [{ organizationId, directoryId: ids.directoryId }],
  disable_environment_connection: () => [{ connectionId }],
  enable_environment_connection: () => [{ connectionId }],
  update_client_secret: () => [false, true].map((enabled) => ({ clientId, secretId: ids.secretId, enabled })),
  update_connection: () => [
    { organizationId, connectionId: ids.oidcId, clientId: 'abc', scopes: ['openid', 'email'] },
    { organizationId, connectionId: ids.oidcId, provider: 'AUTH0' },
  ],
  update_environment_oidc_connection: () => [{ connectionId: ids.draftId, clientId: 'abc', keyId: 'draft' }],
  update_environment_role: () => [
    { name: 'member', displayName: 'Colleague', description: 'Works' },
    { name: 'member', permissions: ['projects:write', 'projects:read'] },
    { name: 'member', extends: 'admin', isDefaultForCreators: true },
  ],
  update_mcp_server: () => [
    { mcpServerId: ids.mcpServerId, name: 'Files', scopes: ['notes:write'], accessTokenSeconds: 600 },
    { mcpServerId: ids.mcpServerId, dynamicRegistration: false, crossAppAccess: true },
    { mcpServerId: ids.mcpServerId, provider: ids.draftId },
    { mcpServerId: ids.mcpServerId, useScalekitAuthentication: true },
    { mcpServerId: ids.mcpServerId, provider: ids.draftId },
  ],
  switch_mcp_auth_to_scalekit: () => [{ mcpServerId: ids.mcpServerId }],
  update_organization: () => [
    { organizationId, name: 'Northwind', slug: 'north', externalId: 'north' },
    { organizationId, metadata: [{ key: 'plan', value: 'gold' }] },
    { organizationId, metadata: [] },
  ],
  update_organization_client: () => [
    { organizationId, clientId: ids.machineId, name: 'Ships', scopes: ['deploy:write'] },
  ],
  update_organization_settings: () =>
    [false, true].map((enabled) => ({ organizationId, features: [{ name: 'sso', enabled }] })),
  update_organization_user: () => [
    { organizationId, userId, role: 'member' },
    { organizationId, userId, givenName: 'Nora', familyName: 'Nasser' },
  ],
  update_session_policy: () => [
    { organizationId, absoluteMinutes: 480, idleMinutes: 30 },
    { organizationId, idleMinutes: 0 },
    { organizationId, useEnvironmentPolicy: true },
  ],
}

/** Updates that a person is always asked about, and why. */
const alwaysAsked = {
  rotate_client_secret: 'Each secret is new.',
  rotate_directory_secret: 'Each secret is new.',
  remove_redirect_uri: 'A URI that the client does not have is refused.',
  remove_post_logout_redirect_uri: 'A URI that the client does not have is refused.',
}

describe('a call in a PRD environment that changes nothing', () => {
  test.each(Object.keys(changes))('%s asks nobody and writes nothing', async (tool) => {
    for (const args of changes[tool]?.() ?? []) {
      const first = await callAndCount(tool, args)
      expect(first.error).toBeUndefined()
      expect(first.questions).toHaveLength(1)
      const before = [await server.state(), await intents()]
      const again = await callAndCount(tool, args)
      expect(again.result).toEqual(first.result)
      expect(again.questions).toEqual([])
      expect([await server.state(), await intents()]).toEqual(before)
    }
  })

  test('is known of every tool that updates', () => {
    const updates = tools.filter((tool) => tool.effect === 'update' && isConfirmed(tool))
    const known = [...Object.keys(changes), ...Object.keys(alwaysAsked)]
    expect(updates.map(({ name }) => name).sort()).toEqual(known.sort())
  })

  test('asks where the caller may not read what the result shows', async () => {
    const token = await server.token({ scopes: allScopes.filter((scope) => scope !== 'organization:read') })
    const args = { organizationId, name: 'Northwind' }
    expect((await callAndCount('update_organization', args)).questions).toEqual([])
    expect((await callAndCount('update_organization', args, token)).questions).toHaveLength(1)
  })
})
