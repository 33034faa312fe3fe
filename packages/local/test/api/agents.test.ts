import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEV, type Local, PRD, startLocal } from './local.js'

let local: Local
let token: string
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  token = await local.client(DEV)
})
afterAll(() => local.close())

const call = (method: string, path: string, body?: unknown, as = token) =>
  local.rest(method, `/api/v1${path}`, { token: as, body })

describe('the configurations of agents', () => {
  const mapping = { connection_name: 'gmail', tools: ['send_mail'] }
  const make = (body: object = {}) =>
    call('POST', '/mcp/configs', { name: 'Mail', connection_tool_mappings: [mapping], ...body })

  it('are created, read, changed and deleted', async () => {
    const { status, body } = await make({ description: 'Sends mail' })
    expect([status, body.config]).toEqual([
      201,
      {
        id: expect.stringMatching(/^cfg_\d{18}$/),
        name: 'Mail',
        description: 'Sends mail',
        connection_tool_mappings: [
          { ...mapping, connection_id: 'conn_100000000000000003', provider: 'GMAIL' },
        ],
      },
    ])
    const url = `/mcp/configs/${body.config.id}`
    expect((await call('GET', url)).body).toEqual(body)
    const changed = await call('PUT', url, { description: 'Nothing yet' })
    expect(changed.body.config).toMatchObject({ description: 'Nothing yet', connection_tool_mappings: [] })
    expect(await call('DELETE', url)).toMatchObject({ status: 200, body: {} })
    for (const [method, payload] of [['GET'], ['PUT', {}], ['DELETE']] as const)
      expect((await call(method, url, payload)).status, method).toBe(404)
  })

  it('have names of their own, and connections that are there', async () => {
    await make()
    expect((await make()).status).toBe(409)
    expect((await make({ name: '' })).status).toBe(400)
    const unknown = [{ connection_name: 'acme-okta' }]
    expect((await make({ name: 'Other', connection_tool_mappings: unknown })).status).toBe(404)
  })

  it('are listed in pages, and filtered', async () => {
    await make()
    await make({ name: 'Calendar', connection_tool_mappings: [] })
    const names = async (query: string, as = token) =>
      (await call('GET', `/mcp/configs${query}`, undefined, as)).body.configs.map(
        ({ name }: { name: string }) => name,
      )
    expect(await names('')).toEqual(['Calendar', 'Mail'])
    const first = await call('GET', '/mcp/configs?page_size=1')
    expect(first.body).toMatchObject({ total_size: 2, configs: [{ name: 'Calendar' }] })
    expect(await names(`?page_size=1&page_token=${first.body.next_page_token}`)).toEqual(['Mail'])
    expect(await names('?filter.provider=GMAIL')).toEqual(['Mail'])
    expect(await names('?filter.name=Calendar')).toEqual(['Calendar'])
    expect(await names('?search=cal')).toEqual(['Calendar'])
    expect(await names('', await local.client(PRD))).toEqual([])
  })

  it('lose a connection that is deleted', async () => {
    const { body } = await make()
    await call('DELETE', '/connections/conn_100000000000000003')
    expect((await call('GET', `/mcp/configs/${body.config.id}`)).body.config).toMatchObject({
      connection_tool_mappings: [],
    })
  })
})

describe('the providers that an environment adds', () => {
  const provider = {
    display_name: 'Robot Hub',
    proxy_url: 'https://api.robots.example',
    auth_patterns: [{ type: 'API_KEY', fields: [{ field_name: 'key' }] }],
  }

  it('are created, listed, changed and deleted', async () => {
    const { status, body } = await call('POST', '/custom-providers', provider)
    expect([status, body.provider]).toMatchObject([
      201,
      { ...provider, id: expect.stringMatching(/^prv_/), identifier: 'ROBOT_HUB', is_custom: true },
    ])
    expect((await call('GET', '/providers?filter.provider_type=CUSTOM')).body).toMatchObject({
      total_size: 1,
      providers: [{ identifier: 'ROBOT_HUB' }],
    })
    expect(
      (await call('GET', '/providers?filter.provider_type=ALL&identifier=OTHER')).body.providers,
    ).toEqual([])
    expect((await call('GET', '/providers')).body.providers).toEqual([])
    const url = '/custom-providers/ROBOT_HUB'
    const changed = await call('PUT', url, { ...provider, description: 'Robots' })
    expect(changed.body.provider).toMatchObject({ identifier: 'ROBOT_HUB', description: 'Robots' })
    expect((await call('DELETE', url)).status).toBe(200)
    expect((await call('DELETE', url)).status).toBe(404)
    expect((await call('PUT', url, provider)).status).toBe(404)
  })

  it('have names of their own, and stay while a connection uses them', async () => {
    await call('POST', '/custom-providers', provider)
    expect((await call('POST', '/custom-providers', { ...provider, display_name: 'robot hub' })).status).toBe(
      409,
    )
    for (const wrong of [
      { display_name: '' },
      { proxy_url: 'http://a.example' },
      { icon_src: 'javascript:x' },
    ])
      expect((await call('POST', '/custom-providers', { ...provider, ...wrong })).status).toBe(400)
    const other = await local.client(PRD)
    expect((await call('DELETE', '/custom-providers/ROBOT_HUB', undefined, other)).status).toBe(404)
    await call('POST', '/connections', { type: 'API_KEY', provider_key: 'ROBOT_HUB' })
    expect(await call('DELETE', '/custom-providers/ROBOT_HUB')).toMatchObject({
      status: 400,
      body: { code: 9 },
    })
  })
})

describe('the state of an environment', () => {
  it('holds all of this, and is the same after an import', async () => {
    await call('POST', '/mcp/configs', {
      name: 'Mail',
      connection_tool_mappings: [{ connection_name: 'gmail' }],
    })
    await call('POST', '/organizations/org_100000000000000001/clients', { name: 'Robot' })
    await local.sdk(DEV).token.createToken('org_100000000000000001', { description: 'CI' })
    const control = (method: string, body?: string) =>
      fetch(`${local.url}/__local/state`, {
        method,
        headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
        ...(body !== undefined && { body }),
      })
    const before = await (await control('GET')).text()
    for (const word of ['"Mail"', '"Robot"', '"CI"', '"gmail"', '"acme.example"', '"user:read"'])
      expect(before).toContain(word)
    expect((await control('PUT', before)).status).toBe(200)
    expect(await (await control('GET')).text()).toBe(before)
  })
})
