import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from './local.js'

const ANA = 'usr_100000000000000101'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

describe('a call without a token that counts', () => {
  it('is Unauthenticated, in the documented form', async () => {
    expect(await local.rest('GET', '/api/v1/organizations')).toMatchObject({
      status: 401,
      body: {
        code: 16,
        message: 'Token empty',
        details: [
          { '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo', error_code: 'UNAUTHENTICATED' },
        ],
      },
    })
  })

  it.each([
    ['garbage', async () => 'Bearer garbage'],
    [
      'expired',
      () =>
        local.tokenFor({
          client_id: 'skc_100000000000000001',
          resource: `${local.url}/${DEV}`,
          expires_in: -60,
        }),
    ],
    ['for an MCP server', () => local.tokenFor({ subject: 'admin@example.com' })],
    [
      'of a client that is not there',
      () => local.tokenFor({ client_id: 'skc_1', resource: `${local.url}/${DEV}` }),
    ],
  ])('also with a token that is %s', async (_, token) => {
    const answer = await local.rest('GET', `/${DEV}/api/v1/organizations`, { token: await token() })
    expect([answer.status, answer.body.code, answer.body.details[0].error_code]).toEqual([
      401,
      16,
      'UNAUTHENTICATED',
    ])
  })
})

describe('a token for more or others than the API', () => {
  const issuer = () => `${local.url}/${DEV}`
  it.each<[string, () => unknown]>([
    ['the API and another audience', () => [issuer(), 'https://mcp.example.com/mcp']],
    ['the API twice', () => [issuer(), issuer()]],
    ['an address under the API', () => [`${issuer()}/mcp`]],
    ['the API with a slash', () => [`${issuer()}/`]],
    ['the start of the API’s address', () => [issuer().slice(0, -1)]],
    ['the API of another environment', () => [`${local.url}/${PRD}`]],
    ['the workspace’s API', () => [`${local.url}/workspace`]],
    ['nobody', () => []],
  ])('is refused: %s', async (_what, aud) => {
    for (const subject of [{ subject: ANA }, { client_id: 'skc_100000000000000001' }]) {
      const token = await local.tokenFor({ ...subject, resource: issuer(), claims: { aud: aud() } })
      const answer = await local.rest('GET', `/${DEV}/api/v1/users/${ANA}`, { token })
      expect([answer.status, answer.body.code]).toEqual([401, 16])
    }
  })

  it('is refused: an MCP server that has the address of the API', async () => {
    await local.database.db
      .updateTable('resources')
      .set({ url: issuer() })
      .where('id', '=', 'res_100000000000000002')
      .execute()
    const token = await local.tokenFor({ subject: ANA, resource: 'res_100000000000000002' })
    expect((await local.rest('GET', `/${DEV}/api/v1/users/${ANA}`, { token })).status).toBe(401)
  })
})

describe('who may call what', () => {
  const callers = {
    client: () => local.client(DEV),
    admin: () => local.admin(),
    viewer: () => local.viewer(),
    user: () => local.session(ANA),
  }
  const calls: [string, string, unknown, Record<keyof typeof callers, number>][] = [
    ['GET', '/api/v1/organizations', undefined, { client: 200, admin: 200, viewer: 200, user: 403 }],
    [
      'POST',
      '/api/v1/organizations',
      { display_name: 'X' },
      { client: 201, admin: 201, viewer: 403, user: 403 },
    ],
    [
      'GET',
      '/api/v1/organizations:external/acme',
      undefined,
      { client: 200, admin: 403, viewer: 403, user: 403 },
    ],
    ['GET', '/api/v1/environments', undefined, { client: 403, admin: 200, viewer: 200, user: 403 }],
    ['GET', '/api/v1/members', undefined, { client: 200, admin: 200, viewer: 200, user: 403 }],
    [
      'POST',
      '/api/v1/members',
      { email: 'x@example.com' },
      { client: 200, admin: 200, viewer: 403, user: 403 },
    ],
    ['GET', `/api/v1/users/${ANA}`, undefined, { client: 200, admin: 200, viewer: 200, user: 200 }],
    [
      'GET',
      '/api/v1/users/usr_100000000000000102',
      undefined,
      { client: 200, admin: 200, viewer: 200, user: 403 },
    ],
    [
      'GET',
      `/api/v1/organizations/${GLOBEX}`,
      undefined,
      { client: 200, admin: 200, viewer: 200, user: 403 },
    ],
  ]
  it.each(calls)('%s %s', async (method, path, body, expected) => {
    const seen: Record<string, number> = {}
    for (const [name, token] of Object.entries(callers)) {
      await local.reset()
      const headers = { 'x-env-domain': DEV }
      seen[name] = (await local.rest(method, path, { token: await token(), body, headers })).status
    }
    expect(seen).toEqual(expected)
  })

  it('a session needs the permission in the organization that it asks for', async () => {
    const client = local.sdk(DEV)
    const users = (organization: string) => `/${DEV}/api/v1/organizations/${organization}/users`
    const token = await local.session(ANA)
    expect((await local.rest('GET', users(ACME), { token })).status).toBe(403)
    await local.rest('POST', `/${DEV}/api/v1/permissions`, {
      token: await local.client(DEV),
      body: { name: 'organizations_users_read' },
    })
    await client.permission.addPermissionsToRole('admin', ['organizations_users_read'])
    expect((await local.rest('GET', users(ACME), { token: await local.session(ANA) })).status).toBe(200)
    await client.user.createMembership(GLOBEX, ANA, { roles: ['guest'], sendInvitationEmail: false })
    expect((await local.rest('GET', users(GLOBEX), { token: await local.session(ANA) })).status).toBe(403)
    expect(
      (await local.rest('GET', users('org_100000000000000003'), { token: await local.session(ANA) })).status,
    ).toBe(403)
  })
})

describe('which environment a call is about', () => {
  it('is a client’s own, wherever it calls', async () => {
    const token = await local.client(PRD)
    for (const path of ['/api/v1/organizations', `/${PRD}/api/v1/organizations`]) {
      const { status, body } = await local.rest('GET', path, { token })
      expect(status).toBe(200)
      expect(JSON.stringify(body)).not.toContain('Acme Robotics')
    }
    expect((await local.rest('GET', `/${DEV}/api/v1/organizations`, { token })).status).toBe(403)
    expect((await local.rest('GET', '/workspace/api/v1/organizations', { token })).status).toBe(403)
    expect(
      (await local.rest('GET', '/api/v1/organizations', { token, headers: { 'x-env-domain': DEV } })).status,
    ).toBe(403)
  })

  it('is for a member the one that x-env-domain names, by its domain or its id', async () => {
    const token = await local.admin()
    const { body } = await local.rest('GET', `/api/v1/environments/${DEV}`, { token })
    expect(body.environment).toMatchObject({
      id: DEV,
      type: 'DEV',
      domain: `${new URL(local.url).host}/${DEV}`,
    })
    for (const path of ['/api/v1/organizations', '/workspace/api/v1/organizations']) {
      for (const domain of [DEV, body.environment.domain]) {
        const answer = await local.rest('GET', path, { token, headers: { 'x-env-domain': domain } })
        expect([answer.status, answer.body.total_size]).toEqual([200, 5])
      }
    }
    expect(await local.rest('GET', '/api/v1/organizations', { token })).toMatchObject({
      status: 400,
      body: { code: 3 },
    })
    for (const domain of ['env_1', `example.com/${DEV}`, '../x']) {
      const answer = await local.rest('GET', '/api/v1/organizations', {
        token,
        headers: { 'x-env-domain': domain },
      })
      expect([domain, answer.status]).toEqual([domain, 404])
    }
  })

  it('cannot be smuggled in over any protocol', async () => {
    const token = await local.client(DEV)
    const response = await fetch(
      `${local.url}/${PRD}/scalekit.v1.organizations.OrganizationService/ListOrganization`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: token },
        body: '{}',
      },
    )
    expect(response.status).toBe(403)
  })
})

describe('the workspace', () => {
  it('lists its environments and its members', async () => {
    const token = await local.admin()
    const environments = await local.rest('GET', '/api/v1/environments?page_size=1&page_token=1', { token })
    expect(environments.body).toMatchObject({ total_size: 2, environments: [{ id: PRD, type: 'PRD' }] })
    const rest = await local.rest(
      'GET',
      `/api/v1/environments?page_token=${environments.body.next_page_token}`,
      { token },
    )
    expect(rest.body).toMatchObject({ next_page_token: '', environments: [{ id: DEV }] })
    const members = await local.rest('GET', '/workspace/api/v1/members?page_size=500', { token })
    expect(members.body.members).toMatchObject([
      { email: 'viewer@example.com', role: 'USER', first_name: 'Vera' },
      { email: 'admin@example.com', role: 'ADMIN' },
    ])
    expect(await local.rest('GET', '/api/v1/environments/env_1', { token })).toMatchObject({
      status: 404,
      body: { code: 5 },
    })
    expect(await local.rest('GET', '/api/v1/environments/x', { token })).toMatchObject({
      status: 400,
      body: { code: 3 },
    })
  })

  it('takes new members, with the lesser role unless another is asked for', async () => {
    const token = await local.admin()
    const add = (body: unknown) => local.rest('POST', '/api/v1/members', { token, body })
    expect((await add({ email: 'New@Example.com' })).body.member).toMatchObject({
      email: 'new@example.com',
      role: 'USER',
    })
    expect((await add({ email: 'boss@example.com', role: 'ADMIN' })).body.member).toMatchObject({
      role: 'ADMIN',
    })
    expect(await add({ email: 'new@example.com' })).toMatchObject({ status: 409, body: { code: 6 } })
    expect(await add({ email: 'nobody' })).toMatchObject({
      status: 400,
      body: {
        details: [
          {
            error_code: 'INVALID_ARGUMENT',
            validation_error_info: {
              field_violations: [{ field: 'member.email', constraint: 'string.email' }],
            },
          },
        ],
      },
    })
  })

  it('shows, changes and removes members, but never the last who administers it', async () => {
    const token = await local.admin()
    const call = (method: string, path: string, body?: unknown) =>
      local.rest(method, `/api/v1/members${path}`, { token, body })
    const { body } = await call('GET', ':this')
    expect(body.member).toMatchObject({ email: 'admin@example.com', role: 'ADMIN' })
    expect((await call('GET', `/${body.member.id}`)).body).toEqual(body)
    expect((await call('PATCH', ':this', { first_name: 'Adele' })).body.member).toMatchObject({
      first_name: 'Adele',
      last_name: 'Admin',
    })
    const viewer = 'usr_100000000000000002'
    expect((await call('PATCH', `/${viewer}`, { metadata: { team: 'core' } })).body.member).toMatchObject({
      email: 'viewer@example.com',
      metadata: { team: 'core' },
    })
    expect(await call('DELETE', `/${body.member.id}`)).toMatchObject({ status: 400, body: { code: 9 } })
    expect((await call('DELETE', `/${viewer}`)).status).toBe(200)
    for (const [method, payload] of [['GET'], ['PATCH', {}], ['DELETE']] as const)
      expect((await call(method, `/${viewer}`, payload)).status, method).toBe(404)
    const client = await local.rest('GET', '/api/v1/members:this', { token: await local.client(DEV) })
    expect([client.status, client.body.code]).toEqual([400, 9])
  })
})
