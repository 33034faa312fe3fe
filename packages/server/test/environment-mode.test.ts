import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { Scalekit as ScalekitSdk } from '@scalekit-sdk/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, mintToken } from '../../../test/harness/program.js'
import { loadConfig } from '../src/config/config.js'
import { type RunningServer, startServer } from '../src/main.js'
import { createLog } from '../src/observe/log.js'
import { patient } from './server-under-test.js'

const environmentId = 'env_100000000000000001'
const operator = 'org_100000000000000000'
const scopes = [
  'workspace:read',
  'environment:read',
  'environment:write',
  'organization:read',
  'organization:write',
]

let local: LocalScalekit
let server: RunningServer
let environmentUrl: string
let token: string

const client = { id: 'skc_100000000000000001', secrets: [{ value: 'test_local_secret' }] }

beforeAll(async () => {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  local = await createLocalScalekit({
    port: 0,
    memory: true,
    seed: {
      version: 1,
      workspace: {},
      environments: [
        {
          id: environmentId,
          display_name: 'Development',
          type: 'DEV',
          clients: [client],
          mcp_servers: [{ id: 'res_100000000000000009', url, name: 'Ours', scopes }],
          organizations: [{ id: operator, display_name: 'Operator' }],
          users: [
            {
              id: 'usr_100000000000000009',
              email: 'operator@example.com',
              memberships: [{ organization: operator, roles: [] }],
            },
          ],
        },
      ],
    },
  })
  environmentUrl = `${local.url}/${environmentId}`
  // Its first request loads the authorization server, which takes seconds on a busy machine.
  await fetch(`${environmentUrl}/keys`)
  const config = loadConfig(
    {
      SK_ENV_URL: environmentUrl,
      SK_CLIENT_ID: client.id,
      SK_CLIENT_SECRET: 'test_local_secret',
      ADMIN_ORGANIZATION: operator,
      EXPECTED_AUDIENCE: url,
      PORT: String(port),
    },
    {},
  )
  server = await startServer({ ...config, timeouts: patient }, createLog('silent'))
  token = await mintToken({ localUrl: local.url }, { subject: 'operator@example.com', resource: url, scopes })
})
afterAll(async () => {
  await server.stop()
  await local.close()
})

async function send(method: string, params: Record<string, unknown> = {}) {
  const response = await fetch(server.resource, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const text = await response.text()
  return JSON.parse(text.split('data: ')[1] ?? text).result
}
const call = (name: string, args: Record<string, unknown> = {}) =>
  send('tools/call', { name, arguments: args })

describe('a server with the credentials of one environment', () => {
  test('whoami tells who administers the environment by which variable', async () => {
    expect((await call('whoami')).structuredContent).toMatchObject({
      email: 'operator@example.com',
      roles: [],
      isAdministrator: true,
      administratorRule: 'ADMIN_ORGANIZATION',
      mode: 'environment',
      environments: [
        { id: environmentId, type: 'PRD', typeAssumed: 'SCALEKIT_ENVIRONMENT_TYPE is not set to DEV or PRD' },
      ],
    })
  })

  test('an error says that the type of the environment is assumed, where that is the reason', async () => {
    const errorOf = async (name: string, args: Record<string, unknown>) =>
      JSON.parse((await call(name, args)).content[0].text).error
    const why = 'counts as PRD, because SCALEKIT_ENVIRONMENT_TYPE is not set to DEV or PRD.'
    expect(await errorOf('update_organization', { organizationId: operator, name: 'Renamed' })).toMatchObject(
      {
        code: 'person_needed',
        message: `update_organization needs a person to confirm it. The environment ${why}`,
      },
    )
    expect(await errorOf('add_redirect_uri', { uri: 'http://localhost:3000/callback' })).toMatchObject({
      code: 'invalid_arguments',
      message: `"http://localhost:3000/callback": localhost and wildcards are for DEV environments only. This one ${why}`,
    })
  })

  test('no list of environments is read: the environment is the only one', async () => {
    expect((await call('list_organizations', {})).isError).toBeFalsy()
    const named = await call('list_organizations', { environment: 'Development' })
    expect(JSON.parse(named.content[0].text).error).toMatchObject({
      code: 'environment_not_available',
      message: `This server is bound to ${environmentId}, whose name it does not know.`,
      nextStep: expect.stringContaining('Leave environmentId out'),
    })
    const found = await call('get_organization_details', { organization: 'operator' })
    expect(found.structuredContent.organization).toMatchObject({ id: operator })
  })

  test('calls the API as the environment, never with the token of the caller', async () => {
    const { structuredContent } = await call('create_organization', { name: 'Acme' })
    expect(structuredContent.organization).toMatchObject({ displayName: 'Acme' })
    const sdk = new ScalekitSdk(environmentUrl, client.id, 'test_local_secret')
    const { organizations } = await sdk.organization.listOrganization({ pageSize: 10 })
    expect(organizations.map(({ displayName }) => displayName)).toEqual(['Acme', 'Operator'])
    const requests = await fetch(`${local.url}/__local/requests`, { headers: { 'x-scalekit-local': '1' } })
    const log = await requests.text()
    expect(log).toContain('/api/v1/organizations')
    expect(log).not.toContain('token-exchange')
  })

  test('leaves environmentId out of the arguments, takes its own, and refuses another', async () => {
    const { tools } = await send('tools/list')
    const list = tools.find((tool: { name: string }) => tool.name === 'list_organizations')
    expect(list.inputSchema.properties.environmentId).toBeUndefined()
    expect((await call('list_organizations', { environmentId })).isError).toBeFalsy()
    const other = await call('list_organizations', { environmentId: 'env_100000000000000002' })
    expect(JSON.parse(other.content[0].text).error.code).toBe('environment_not_available')
  })

  test('offers no tool that the API keeps for members of the workspace', async () => {
    const { tools } = await send('tools/list')
    const names = tools.map((tool: { name: string }) => tool.name)
    expect(names).not.toContain('list_environments')
    expect(names).toContain('list_workspace_members')
    const refused = await call('list_environments')
    expect(JSON.parse(refused.content[0].text).error).toMatchObject({
      code: 'tool_not_available',
      nextStep: expect.stringContaining('whoami'),
    })
  })
})

describe('a token that the local environment made for this server', () => {
  const sdk = () => new ScalekitSdk(environmentUrl, client.id, 'test_local_secret')
  const mint = (request: Record<string, unknown>) =>
    mintToken(
      { localUrl: local.url },
      { subject: 'operator@example.com', resource: server.resource, scopes, ...request },
    )
  const status = async (bearer: string) => {
    const response = await fetch(server.resource, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    return response.status
  }
  const expected = () => ({ issuer: environmentUrl, audience: [server.resource] })

  test("passes Scalekit's own SDK, with its scopes", async () => {
    await expect(
      sdk().validateToken(token, { ...expected(), requiredScopes: ['organization:write'] }),
    ).resolves.toMatchObject({
      iss: environmentUrl,
    })
  })

  test.each([
    ['expiry', { expires_in: -60 }],
    ['issuer', { claims: { iss: 'https://evil.example' } }],
    ['audience', { claims: { aud: 'https://evil.example/mcp' } }],
  ])('is refused here when the SDK refuses it for its %s', async (_, request) => {
    const bad = await mint(request)
    await expect(sdk().validateToken(bad, expected())).rejects.toThrow()
    expect(await status(bad)).toBe(401)
  })

  test('is refused here when the SDK refuses it for its signature', async () => {
    const [header, payload, signature = ''] = token.split('.')
    const bad = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    await expect(sdk().validateToken(bad, expected())).rejects.toThrow()
    expect(await status(bad)).toBe(401)
  })
})
