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
  const mapping = { connection_name: 'gmail', tools: ['gmail_send_message'] }
  const make = (body: object = {}) =>
    call('POST', '/mcp/configs', { name: 'mail', connection_tool_mappings: [mapping], ...body })

  it('are created, read, changed and deleted', async () => {
    const { status, body } = await make({ description: 'Sends mail' })
    expect([status, body.config]).toEqual([
      201,
      {
        id: expect.stringMatching(/^cfg_\d{18}$/),
        name: 'mail',
        description: 'Sends mail',
        connection_tool_mappings: [
          { ...mapping, connection_id: 'conn_100000000000000003', provider: 'GMAIL' },
        ],
        mcp_server_url: expect.stringMatching(
          new RegExp(`^${local.url}/${DEV}/mcp/v3/servers/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
        ),
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

  it('have names of their own, and connections and tools that exist', async () => {
    const { body } = await make()
    expect((await make()).status).toBe(409)
    for (const name of ['', 'Mail', 'my mail', 'a'.repeat(101)])
      expect((await make({ name })).status).toBe(400)
    for (const unknown of [
      { connection_name: 'acme-okta' },
      { connection_name: 'email' },
      { connection_name: 'gmail', tools: ['gmail_fly'] },
      { connection_name: 'gmail', tools: ['slack_auth_test'] },
    ]) {
      const connection_tool_mappings = [unknown]
      expect(await make({ name: 'other', connection_tool_mappings })).toMatchObject({
        status: 400,
        body: { message: expect.stringMatching(/^(connection|tool) not found/) },
      })
      const update = { connection_tool_mappings }
      expect((await call('PUT', `/mcp/configs/${body.config.id}`, update)).status).toBe(400)
    }
    const many = Array.from({ length: 26 }, () => ({ connection_name: 'gmail' }))
    expect((await make({ name: 'many', connection_tool_mappings: many })).status).toBe(400)
  })

  it('are listed in pages, and filtered', async () => {
    await make()
    const { body: mail } = await call('GET', '/mcp/configs')
    await make({ name: 'calendar', connection_tool_mappings: [] })
    const names = async (query: string, as = token) =>
      (await call('GET', `/mcp/configs${query}`, undefined, as)).body.configs.map(
        ({ name }: { name: string }) => name,
      )
    expect(await names('')).toEqual(['calendar', 'mail'])
    const first = await call('GET', '/mcp/configs?page_size=1')
    expect(first.body).toMatchObject({ total_size: 2, configs: [{ name: 'calendar' }] })
    expect(await names(`?page_size=1&page_token=${first.body.next_page_token}`)).toEqual(['mail'])
    expect(await names('?filter.provider=GMAIL')).toEqual(['mail'])
    expect(await names('?filter.name=Calendar')).toEqual(['calendar'])
    expect(await names('?search=cal')).toEqual(['calendar'])
    const url = encodeURIComponent(mail.configs[0].mcp_server_url)
    expect(await names(`?filter.mcp_server_url=${url}`)).toEqual(['mail'])
    expect(await names(`?filter.mcp_server_url=${url}x`)).toEqual([])
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
      { proxy_url: 'http://localhost.evil.example' },
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
      name: 'mail',
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
    for (const word of ['"mail"', '"Robot"', '"CI"', '"gmail"', '"acme.example"', '"user:read"'])
      expect(before).toContain(word)
    expect((await control('PUT', before)).status).toBe(200)
    expect(await (await control('GET')).text()).toBe(before)
  })
})
