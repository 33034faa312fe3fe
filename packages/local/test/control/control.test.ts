import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createLocalScalekit, type LocalScalekit, type Seed } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import {
  claimsOf,
  introspect,
  MCP_SERVER,
  MCP_SERVER_URL,
  postForm,
  signIn,
} from '../oauth/authorization-code.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterAll(() => local.close())

function control(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${local.url}/__local/${path}`, {
    ...init,
    headers: { 'x-scalekit-local': '1', ...init.headers },
  })
}

function post(path: string, body: unknown): Promise<Response> {
  return control(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function mint(body: Record<string, unknown>): Promise<string> {
  const response = await post('tokens', body)
  expect(response.status).toBe(200)
  return ((await response.json()) as { access_token: string }).access_token
}

describe('the control', () => {
  it('is healthy', async () => {
    expect(await (await control('health')).json()).toMatchObject({ status: 'healthy', url: local.url })
  })

  it.each<[string, Record<string, string>]>([
    ['has no header', { 'x-scalekit-local': '' }],
    ['comes from a web page', { origin: 'http://localhost:3000' }],
    ['comes from a page of its own', { origin: 'http://localhost' }],
  ])('refuses whatever %s', async (_name, headers) => {
    for (const path of ['health', 'state', 'requests', 'nothing']) {
      expect((await control(path, { headers })).status).toBe(403)
    }
    expect((await control('reset', { method: 'POST', headers })).status).toBe(403)
  })

  it('says what is not there', async () => {
    expect((await control('nothing')).status).toBe(404)
  })

  it('says what the management API covers', async () => {
    const coverage = (await (await control('coverage')).json()) as { served: string[] }
    expect(coverage.served).toContain('scalekit.v1.organizations.OrganizationService.CreateOrganization')
  })
})

describe('POST tokens', () => {
  it('gives a token like one from a sign-in, for the seeded MCP server', async () => {
    const { payload } = await jwtVerify(
      await mint({ subject: 'admin@example.com' }),
      createRemoteJWKSet(new URL(`${local.url}/workspace/keys`)),
      { issuer: `${local.url}/workspace`, audience: MCP_SERVER_URL, typ: 'at+jwt' },
    )
    expect(payload).toMatchObject({ sub: 'usr_100000000000000001', aud: [MCP_SERVER_URL, MCP_SERVER] })
    expect(payload.scopes).toHaveLength(6)
  })

  it('takes a person by id or e-mail, and gives a USER reading scopes unless told otherwise', async () => {
    const byId = claimsOf(await mint({ subject: 'usr_100000000000000002' }))
    expect(byId.scopes).toEqual(['workspace:read', 'environment:read', 'organization:read'])
    const told = claimsOf(await mint({ subject: 'viewer@example.com', scopes: ['workspace:write'] }))
    expect(told.scope).toBe('workspace:write')
  })

  it('takes a resource by id, by URL or by the issuer of a realm', async () => {
    const byUrl = claimsOf(
      await mint({ subject: 'ana@acme.example', resource: 'http://localhost:3003/mcp/' }),
    )
    expect(byUrl).toMatchObject({
      aud: ['http://localhost:3003/mcp', 'res_100000000000000002'],
      oid: 'org_100000000000000001',
    })
    const issuer = `${local.url}/env_100000000000000001`
    const api = claimsOf(await mint({ client_id: 'skc_100000000000000001', resource: issuer }))
    expect(api).toMatchObject({ iss: issuer, aud: [issuer], sub: 'skc_100000000000000001' })
  })

  it('makes an expired token, and adds or replaces claims', async () => {
    const token = await mint({
      subject: 'admin@example.com',
      expires_in: -10,
      claims: { aud: 'x', extra: 1 },
    })
    expect(claimsOf(token)).toMatchObject({ aud: 'x', extra: 1 })
    expect(Number(claimsOf(token).exp)).toBeLessThan(Date.now() / 1000 - 9)
    expect(
      await introspect(local.url, await mint({ subject: 'admin@example.com', expires_in: -10 })),
    ).toEqual({ active: false })
  })

  it.each<[unknown, RegExp]>([
    [{}, /send a subject .* or a client_id/],
    [{ subject: 'nobody@example.com' }, /subject: nobody in workspace/],
    [{ subject: 'admin@example.com', resource: 'res_999' }, /resource: nothing here is called res_999/],
    [{ subject: 'admin@example.com', expires_in: 'soon' }, /expires_in/],
    [{ subject: 'admin@example.com', user: 'x' }, /user/],
  ])('says what to send instead of %j', async (body, message) => {
    const response = await post('tokens', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'request_invalid',
      message: expect.stringMatching(message),
    })
  })

  it('says so when the body is no JSON', async () => {
    const response = await control('tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect(response.status).toBe(400)
  })
})

describe('GET requests', () => {
  it('shows what clients did, and nothing that is secret', async () => {
    const { redirect, tokens, client_id } = await signIn(local.url)
    const text = await (await control('requests')).text()
    const { requests } = JSON.parse(text) as { requests: Record<string, unknown>[] }
    expect(requests).toContainEqual({
      id: expect.stringMatching(/^req_\d+$/),
      at: expect.any(String),
      method: 'POST',
      path: `/workspace/resources/${MCP_SERVER}/oauth/token`,
      realm: 'workspace',
      status: 200,
      ms: expect.any(Number),
    })
    for (const secret of [
      redirect.searchParams.get('code') ?? '',
      tokens.access_token,
      tokens.refresh_token,
      client_id,
    ]) {
      expect(text).not.toContain(secret)
    }
    expect(text).toContain('/interaction/…')
    expect(text).not.toMatch(/interaction\/[\w-]/)
  })

  it('keeps the last 500', async () => {
    const another = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
    const keys = () => fetch(`${another.url}/workspace/keys`)
    for (let count = 0; count < 510; count++) await (await keys()).arrayBuffer()
    // Files of pages are not among them.
    await fetch(`${another.url}/assets/pages.css`)
    const response = await fetch(`${another.url}/__local/requests`, { headers: { 'x-scalekit-local': '1' } })
    const { requests } = (await response.json()) as { requests: { path: string }[] }
    expect(requests).toHaveLength(500)
    expect(requests.map(({ path }) => path)).not.toContain('/assets/pages.css')
    await another.close()
  })
})

describe('state', () => {
  const names = async () => {
    const state = (await (await control('state')).json()) as Seed
    return state.environments?.flatMap(({ organizations = [] }) =>
      organizations.map(({ display_name }) => display_name),
    )
  }

  it('is exported and imported in the form of the seed, and stays the same', async () => {
    const exported = await (await control('state')).json()
    const imported = await control('state', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(exported),
    })
    expect(imported.status).toBe(200)
    expect(await (await control('state')).json()).toEqual(exported)
    const yaml = await (await control('state', { headers: { accept: 'application/yaml' } })).text()
    expect(parse(yaml)).toEqual(exported)
    expect(yaml).not.toContain('test_local_secret')
  })

  it('still takes the secrets that were exported as hashes', async () => {
    const yaml = await (await control('state', { headers: { accept: 'application/yaml' } })).text()
    await control('state', { method: 'PUT', headers: { 'content-type': 'application/yaml' }, body: yaml })
    const token = await postForm(`${local.url}/env_100000000000000001/oauth/token`, {
      grant_type: 'client_credentials',
      client_id: 'skc_100000000000000001',
      client_secret: 'test_local_secret',
    })
    expect(token.status).toBe(200)
  })

  it('is not touched by an import that is not valid', async () => {
    const before = await names()
    const wrong = {
      version: 1,
      workspace: {},
      environments: [{ id: 'env_1', display_name: 'x', type: 'TEST' }],
    }
    const response = await control('state', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wrong),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'seed_invalid',
      message: expect.stringContaining('environments[0].type'),
    })
    const contradiction = {
      version: 1,
      workspace: {},
      environments: [
        {
          id: 'env_1',
          display_name: 'x',
          type: 'DEV',
          roles: [{ id: 'role_1', name: 'a', display_name: 'A', permissions: ['none'] }],
        },
      ],
    }
    expect(
      (
        await control('state', {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(contradiction),
        })
      ).status,
    ).toBe(400)
    const twice = {
      version: 1,
      workspace: {},
      environments: [1, 2].map(() => ({ id: 'env_1', display_name: 'x', type: 'DEV' })),
    }
    const text = 'version: 1\nworkspace: {'
    for (const [type, body] of [
      ['application/json', JSON.stringify(twice)],
      ['application/yaml', text],
    ] as const) {
      const refused = await control('state', { method: 'PUT', headers: { 'content-type': type }, body })
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({ code: 'seed_invalid' })
    }
    expect(await names()).toEqual(before)
  })

  it('goes back to the seed on reset; keys stay, sign-ins do not', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    const keys = await (await fetch(`${local.url}/workspace/keys`)).json()
    await local.database.db.deleteFrom('organizations').execute()
    expect(await names()).toEqual([])
    expect((await control('reset', { method: 'POST' })).status).toBe(200)
    expect(await (await control('requests')).json()).toEqual({ requests: [] })
    expect(await names()).toContain('Acme Robotics')
    expect(await (await fetch(`${local.url}/workspace/keys`)).json()).toEqual(keys)
    const refreshed = await postForm(`${issuer}/oauth/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: tokens.refresh_token,
    })
    expect(await refreshed.json()).toMatchObject({ error: 'invalid_client' })
  })
})
