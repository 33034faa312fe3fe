import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../src/app.js'
import { readConfig } from '../src/config.js'
import { type LocalEnvironment, startLocalEnvironment } from './local-environment.js'

const info = { name: 'test', version: '1.0.0' }
const bearer = (token: string) => ({ requestInit: { headers: { authorization: `Bearer ${token}` } } })

/** Connects with the client of either version of the MCP SDK. */
const clients = {
  'version 2': async (url: URL, token: string) => {
    const client = new Client(info, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new StreamableHTTPClientTransport(url, bearer(token)))
    return client
  },
  'version 1': async (url: URL, token: string) => {
    const client = new LegacyClient(info)
    await client.connect(new LegacyTransport(url, bearer(token)))
    return client
  },
}

describe.each(Object.entries(clients))('the tools, with the client of SDK %s', (_version, connect) => {
  const open: { close(): Promise<void> }[] = []
  let local: LocalEnvironment
  let server: Server
  let url: URL

  beforeAll(async () => {
    server = createServer().listen(0)
    await once(server, 'listening')
    url = new URL(`http://localhost:${(server.address() as AddressInfo).port}/`)
    local = await startLocalEnvironment(url.href)
    server.on('request', createApp(readConfig(local.variables)))
  })
  afterEach(async () => {
    for (const client of open.splice(0)) await client.close()
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await local.close()
  })

  /** The result of a call, for a person with these scopes. */
  async function call(email: string, scopes: string[], name: string, args: Record<string, unknown> = {}) {
    const client = await connect(url, await local.tokenOf(email, ...scopes))
    open.push(client)
    const { content, isError = false } = await client.callTool({ name, arguments: args })
    return { text: (content as [{ text: string }])[0].text, isError }
  }

  test('are listed', async () => {
    const client = await connect(url, await local.tokenOf('ana@acme.example'))
    open.push(client)
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['greet_user', 'get_org_data', 'admin_action'])
  })

  test('greet_user greets', async () => {
    expect(await call('ana@acme.example', [], 'greet_user', { name: 'Saif' })).toEqual({
      text: 'Hi Saif, welcome to Scalekit!',
      isError: false,
    })
  })

  test.each([
    ['no name', {}, 'name'],
    ['an empty name', { name: '' }, 'Name is required'],
    ['a name that is no text', { name: 1 }, 'name'],
    ['an unknown argument', { name: 'Saif', organization: 'org_1' }, 'organization'],
  ])('greet_user refuses %s', async (_case, args, reason) => {
    const { text, isError } = await call('ana@acme.example', [], 'greet_user', args)
    expect(isError).toBe(true)
    expect(text).toContain(reason)
  })

  test("get_org_data returns the data of the caller's organization only", async () => {
    await call('ana@acme.example', ['admin'], 'admin_action', { action: 'Order robots' })
    const actionsOf = async (email: string) => JSON.parse((await call(email, [], 'get_org_data')).text)
    expect(await actionsOf('ben@acme.example')).toEqual({
      organizationId: 'org_100000000000000001',
      actions: ['Order robots'],
    })
    expect(await actionsOf('dev@initech.example')).toEqual({
      organizationId: 'org_100000000000000003',
      actions: [],
    })
    const { text, isError } = await call('dev@initech.example', [], 'get_org_data', {
      organizationId: 'org_100000000000000001',
    })
    expect([isError, text]).toEqual([true, expect.not.stringContaining('Order robots')])
  })

  test('admin_action needs the scope admin, and the challenge names it', async () => {
    await expect(call('ana@acme.example', [], 'admin_action', { action: 'Order robots' })).rejects.toThrow()
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await local.tokenOf('ana@acme.example')}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'admin_action', arguments: { action: 'Order robots' } },
      }),
    })
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer error="insufficient_scope", .*scope="admin", resource_metadata="http:.*"$/,
    )
    expect(await call('ana@acme.example', ['admin'], 'admin_action', { action: 'Rest' })).toEqual({
      text: 'Done: Rest',
      isError: false,
    })
  })
})
