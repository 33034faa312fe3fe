import { once } from 'node:events'
import { create } from '@bufbuild/protobuf'
import { createValidator } from '@bufbuild/protovalidate'
import { type Client, Code, ConnectError, createClient, type Transport } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { AuthService, createRestTransport, errorInfo, OrganizationService, services } from '@scalekit-mcp/api'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, type Local, startLocal } from './local.js'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const transports: Record<string, (baseUrl: string) => Transport> = {
  gRPC: (baseUrl) => createGrpcTransport({ baseUrl }),
  'gRPC-web': (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }),
  Connect: (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '1.1' }),
  'Connect over HTTP/2': (baseUrl) =>
    createConnectTransport({ baseUrl, httpVersion: '2', useBinaryFormat: true }),
  REST: (baseUrl) => createRestTransport({ baseUrl }),
}

describe.each(Object.entries(transports))('%s', (_, connect) => {
  it('reaches the same handlers behind the same checks', async () => {
    const client: Client<typeof OrganizationService> = createClient(
      OrganizationService,
      connect(`${local.url}/${DEV}`),
    )
    const headers = { authorization: await local.client(DEV) }
    const { organization } = await client.createOrganization(
      { organization: { displayName: 'Hooli' } },
      { headers },
    )
    const byId = { identities: { case: 'id', value: organization?.id ?? '' } } as const
    expect((await client.getOrganization(byId, { headers })).organization).toEqual(organization)

    const failure = async (call: Promise<unknown>) => {
      const error = await call.catch((reason: unknown) => ConnectError.from(reason))
      return error instanceof ConnectError ? [error.code, errorInfo(error)?.errorCode] : 'no error'
    }
    expect(await failure(client.getOrganization(byId))).toEqual([Code.Unauthenticated, 'UNAUTHENTICATED'])
    const invalid = { organization: { displayName: '' } }
    expect(await failure(client.createOrganization(invalid, { headers }))).toEqual([
      Code.InvalidArgument,
      'INVALID_ARGUMENT',
    ])
    const other = { identities: { case: 'id', value: 'org_404' } } as const
    expect(await failure(client.getOrganization(other, { headers }))).toEqual([Code.NotFound, 'NOT_FOUND'])
    const regionCode: number = 99
    const unknown = client.createOrganization({ organization: { displayName: 'X', regionCode } }, { headers })
    await expect(unknown).rejects.toThrow(/organization\.region_code: must be one of/)
    const auth = createClient(AuthService, connect(`${local.url}/${DEV}`))
    expect(await failure(auth.getAuthFeatures({}, { headers }))).toEqual([
      Code.Unimplemented,
      'UNIMPLEMENTED',
    ])
  })
})

describe('the REST form', () => {
  it('accepts what Scalekit’s own MCP server sends', async () => {
    const token = await local.client(DEV)
    const send = async (method: string, path: string, body: object) =>
      (await local.rest(method, `/api/v1${path}`, { token, body })).status
    expect(await send('POST', '/organizations', { environment_id: DEV, display_name: 'Hooli' })).toBe(201)
    const role = { name: 'auditor', display_name: 'Auditor', description: 'Reads', default: false }
    expect(await send('POST', '/roles', role)).toBe(201)
    const server = { name: 'Notes', resource_type: 'MCP_SERVER', third_party: false, provider: '' }
    const created = { ...server, resource_id: 'https://n.example/mcp', resourceMetadata: '{}' }
    expect(await send('POST', '/resources', created)).toBe(200)
    const changed = { resource_id: 'https://m.example/mcp', resource_type: 'WEB', third_party: true }
    expect(await send('PATCH', '/resources/res_100000000000000002', changed)).toBe(200)
  })

  it('is that of the hosted API', async () => {
    const token = await local.client(DEV)
    const { status, body } = await local.rest('GET', `/api/v1/organizations/${ACME}`, { token })
    expect(status).toBe(200)
    expect(body.organization).toEqual({
      id: ACME,
      create_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      update_time: expect.stringMatching(/Z$/),
      display_name: 'Acme Robotics',
      region_code: 'US',
      external_id: 'acme',
      metadata: {},
      settings: { features: [] },
      slug: 'acme-robotics',
    })
    const page = await local.rest('GET', '/api/v1/organizations?page_size=1', { token })
    expect(Object.keys(page.body).sort()).toEqual([
      'next_page_token',
      'organizations',
      'prev_page_token',
      'total_size',
    ])
  })

  it('clears with PATCH what the body names', async () => {
    const token = await local.client(DEV)
    const patch = (body: unknown) => local.rest('PATCH', `/api/v1/organizations/${ACME}`, { token, body })
    await patch({ metadata: { tier: 'gold' } })
    expect((await patch({ external_id: null })).body.organization).toMatchObject({
      metadata: { tier: 'gold' },
      display_name: 'Acme Robotics',
    })
    const { body } = await patch({ metadata: {}, displayName: 'Acme' })
    expect(body.organization).toMatchObject({ display_name: 'Acme', metadata: {} })
    expect(body.organization).not.toHaveProperty('external_id')
    expect((await patch({ display_name: null })).status).toBe(400)
  })

  it('refuses a mask that names what is not there', async () => {
    const answer = await local.rest('PATCH', `/api/v1/organizations/${ACME}?update_mask=nothing`, {
      token: await local.client(DEV),
      body: { display_name: 'X' },
    })
    expect(answer).toMatchObject({
      status: 400,
      body: { details: [{ validation_error_info: { field_violations: [{ field: 'update_mask' }] } }] },
    })
  })

  it('takes - where the rules want an id, and finds nothing by it', async () => {
    const { status } = await local.rest('GET', '/api/v1/organizations/-/users', {
      token: await local.client(DEV),
    })
    expect(status).toBe(404)
  })

  it('answers a deletion with an empty object', async () => {
    const answer = await local.rest('DELETE', `/api/v1/organizations/${ACME}`, {
      token: await local.client(DEV),
    })
    expect([answer.status, answer.body]).toEqual([200, {}])
  })
})

describe('the official SDK', () => {
  it('authenticates by itself, and accepts our tokens', async () => {
    const sdk = local.sdk(DEV)
    expect((await sdk.organization.listOrganization({ pageSize: 1 })).totalSize).toBe(5)
    const token = await sdk.generateClientToken('skc_100000000000000001', 'test_local_secret')
    expect(
      await sdk.validateToken(String(token), {
        issuer: `${local.url}/${DEV}`,
        audience: [`${local.url}/${DEV}`],
      }),
    ).toMatchObject({
      sub: 'skc_100000000000000001',
    })
  })

  it('is refused with a wrong secret', async () => {
    const sdk = new Scalekit(`${local.url}/${DEV}`, 'skc_100000000000000001', 'wrong')
    await expect(sdk.organization.listOrganization({})).rejects.toThrow()
  })
})

describe('a failure that nobody foresaw', () => {
  it('is told to the operator and not to the caller', async () => {
    const warned = once(process, 'warning')
    const { db } = local.database
    await db.schema.alterTable('permissions').renameTo('permissions_away').execute()
    const answer = await local.rest('GET', '/api/v1/permissions', { token: await local.client(DEV) })
    await db.schema.alterTable('permissions_away').renameTo('permissions').execute()
    expect(answer).toMatchObject({ status: 500, body: { code: 13, details: [{ error_code: 'INTERNAL' }] } })
    expect(JSON.stringify(answer.body)).not.toContain('permissions')
    const [warning] = await warned
    expect(warning).toMatchObject({
      name: 'ManagementFailure',
      message: expect.stringContaining('permissions'),
    })
  })
})

describe('the rules of the requests', () => {
  it('can be evaluated for every method of the API', () => {
    const validator = createValidator()
    const broken = services
      .flatMap((service) => service.methods)
      .filter((method) => validator.validate(method.input, create(method.input)).kind === 'error')
    expect(broken.map(({ name }) => name)).toEqual([])
  })
})
