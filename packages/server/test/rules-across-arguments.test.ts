import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { isConfirmed } from '../src/call/interaction/question.js'
import { tools } from '../src/tools/index.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const environmentId = 'env_100000000000000002'
const organizationId = 'org_100000000000000011'
const userId = 'usr_100000000000000111'
const uri = 'https://app.example.com/callback'

/** These only check whose access to the server a call would end (`own-access.test.ts`). */
const ownAccess = [
  'delete_mcp_server',
  'delete_organization',
  'delete_permission',
  'remove_organization_user',
  'remove_permission_from_role',
]

/** Arguments of which each is valid, and which cannot work together. */
const combinations: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  create_organizations: [
    {
      organizations: [
        { name: 'One', externalId: 'same' },
        { name: 'Other', externalId: 'same' },
      ],
    },
  ],
  create_environment_role: [{ name: 'auditor', displayName: 'Auditor', extends: 'auditor' }],
  create_organization_connection: [
    { organizationId, provider: 'OKTA', type: 'OIDC', idpEntityId: 'https://idp.example.com' },
    { organizationId, provider: 'OKTA', type: 'SAML', clientId: 'abc' },
  ],
  delete_environment_role: [{ name: 'member', reassignTo: 'member' }],
  delete_organizations: [
    { organizationIds: [organizationId, organizationId] },
    { organizationIds: ['Northwind Traders', organizationId] },
    { organizationIds: ['northwind', 'NORTHWIND TRADERS'] },
  ],
  list_authentication_log: [{ from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
  register_mcp_server: [
    { name: 'Files', url: 'https://mcp.example.com/mcp', useScalekitAuthentication: false },
    { name: 'Files', url: 'https://mcp.example.com/mcp', useScalekitAuthentication: true, provider: 'okta' },
  ],
  resend_invitation: [
    {},
    { organizationId },
    { userId },
    { organizationId, userId, invitations: [{ organizationId, userId }] },
    {
      invitations: [
        { organizationId, userId },
        { organizationId: 'Northwind Traders', userId },
      ],
    },
  ],
  set_app_urls: [
    {},
    { addRedirectUris: [], removePostLogoutRedirectUris: [] },
    { addRedirectUris: [uri], removeRedirectUris: [uri] },
    { addPostLogoutRedirectUris: [uri], removePostLogoutRedirectUris: [uri] },
  ],
  update_connection: [{ organizationId, connectionId: 'conn_100000000000000011' }],
  update_environment_oidc_connection: [{ connectionId: 'conn_100000000000000011' }],
  update_environment_role: [{ name: 'member' }, { name: 'member', extends: 'member' }],
  update_mcp_server: [
    { mcpServerId: 'res_999' },
    { mcpServerId: 'res_999', useScalekitAuthentication: false },
    { mcpServerId: 'res_999', useScalekitAuthentication: true, provider: 'okta' },
  ],
  update_organization: [{ organizationId }],
  update_organization_client: [{ organizationId, clientId: 'm2morg_999' }],
  update_organization_user: [{ organizationId, userId }],
  update_session_policy: [
    { organizationId },
    { organizationId, useEnvironmentPolicy: false },
    { organizationId, useEnvironmentPolicy: true, absoluteMinutes: 480 },
    { organizationId, useEnvironmentPolicy: true, idleMinutes: 0 },
  ],
}

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe('arguments that cannot work together', () => {
  const cases = Object.entries(combinations).flatMap(([tool, each]) =>
    each.map((args) => [tool, args] as const),
  )

  test.each(cases)('%s refuses %j before a person is asked', async (tool, args) => {
    const call = { environmentId, ...args }
    const { error } = await server.call('2026-07-28', tool, call, { query: '?toolsets=all' })
    expect(error).toMatchObject({ code: 'invalid_arguments' })
  })

  test('are known of every tool that checks them', () => {
    expect(
      tools
        .filter(({ check }) => check)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...Object.keys(combinations), ...ownAccess].sort())
  })

  test('are checked wherever an update may say nothing', () => {
    const silent = tools.filter(
      (tool) => isConfirmed(tool) && tool.effect === 'update' && maySayNothing(tool.input),
    )
    expect(silent.filter(({ check }) => !check).map(({ name }) => name)).toEqual([])
  })
})

/** Arguments that say which object, not what changes. */
const which = /Id$|^(name|roleName)$/

/** Whether a call may leave out everything that says what changes. */
function maySayNothing({ shape }: z.ZodObject): boolean {
  const changes = Object.entries(shape).filter(([name]) => !which.test(name))
  return changes.length > 0 && changes.every(([, field]) => leavesOut(field as z.ZodType))
}

function leavesOut(field: z.ZodType): boolean {
  const parsed = field.safeParse(undefined)
  return parsed.success && parsed.data === undefined
}
