import { createHash } from 'node:crypto'
import { Client as ModernClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { views } from '../src/apps/views.js'
import { tools } from '../src/tools/index.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const extension = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } }

describe('views of results', () => {
  let server: ServerUnderTest
  beforeAll(async () => {
    server = await startServerUnderTest()
  })
  afterAll(() => server.close())

  async function connect(era: 'modern' | 'legacy', capabilities: object, query = ''): Promise<ModernClient> {
    const info = { name: 'test', version: '1' }
    const options = { requestInit: { headers: { authorization: `Bearer ${await server.token()}` } } }
    const url = new URL(server.url + query)
    if (era === 'legacy') {
      const client = new LegacyClient(info, { capabilities })
      await client.connect(new LegacyTransport(url, options) as never)
      return client as unknown as ModernClient
    }
    const client = new ModernClient(info, { capabilities, versionNegotiation: { mode: 'auto' } })
    await client.connect(new StreamableHTTPClientTransport(url, options))
    return client
  }

  /** The views that `tools/list` names, by tool. */
  async function listed(...connection: Parameters<typeof connect>): Promise<Record<string, unknown>> {
    const client = await connect(...connection)
    const { tools } = await client.listTools()
    await client.close()
    return Object.fromEntries(tools.flatMap(({ name, _meta }) => (_meta ? [[name, _meta]] : [])))
  }

  const all = Object.fromEntries(
    views.map(({ tool }) => [tool, { ui: { resourceUri: `ui://scalekit/${tool}` } }]),
  )

  test('are named for clients that declare the extension, and for no others', async () => {
    expect(Object.keys(all)).toHaveLength(6)
    expect(await listed('modern', { extensions: extension })).toEqual(all)
    expect(await listed('modern', {})).toEqual({})
    const other = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html'] } }
    expect(await listed('modern', { extensions: other })).toEqual({})
  })

  test('are named over 2025-11-25, where a request does not tell what the client shows', async () => {
    expect(await listed('legacy', {})).toEqual(all)
    expect(await listed('legacy', { elicitation: {} })).toEqual(all)
  })

  test('are left out with their tools', async () => {
    expect(Object.keys(await listed('legacy', {}, '?toolsets=users'))).toEqual(['list_organization_users'])
  })

  test('leave the whole of tools/list within 64 KiB on the wire', async () => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await server.token()}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    const body = await response.text()
    expect(body).toContain('ui://scalekit/')
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(64 * 1024)
  })

  test('show members that the results have', () => {
    for (const { tool, form, member, fields } of views) {
      const definition = tools.find(({ name }) => name === tool)
      const schema = z.toJSONSchema(definition?.output ?? z.object({}), { reused: 'inline' })
      const shown = (schema.properties as Record<string, z.core.JSONSchema.JSONSchema>)[member]
      const object = form === 'table' ? shown?.items : shown
      for (const { path } of fields) {
        const found = path
          .split('.')
          .reduce<z.core.JSONSchema._JSONSchema | undefined>(
            (each, name) => (typeof each === 'object' ? each.properties?.[name] : undefined),
            object as z.core.JSONSchema._JSONSchema,
          )
        expect(found, `${tool}: ${path}`).toBeDefined()
      }
    }
  })

  test.each(views.map(({ tool }) => tool))('%s has a page that may run its own script only', async (tool) => {
    const client = await connect('modern', { extensions: extension })
    const uri = `ui://scalekit/${tool}`
    const { contents } = await client.readResource({ uri })
    await client.close()
    expect(contents).toEqual([
      {
        uri,
        mimeType: 'text/html;profile=mcp-app',
        text: expect.any(String),
        _meta: { ui: { prefersBorder: true } },
      },
    ])
    const [content] = contents
    const html = content && 'text' in content ? content.text : ''
    const inside = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(html)?.[1] ?? ''
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? []
    expect(policy).toBe(
      `default-src 'none'; script-src ${hash(inside('script'))}; style-src ${hash(inside('style'))}; base-uri 'none'; form-action 'none'`,
    )
    expect(html).not.toMatch(/https?:|\ssrc=|\shref=|innerHTML|insertAdjacentHTML|document\.write|eval\(/)
  })

  test('there is no other page', async () => {
    const client = await connect('modern', {})
    await expect(client.readResource({ uri: 'ui://scalekit/whoami' })).rejects.toMatchObject({ code: -32602 })
    await client.close()
  })

  test('a result is complete without its view', async () => {
    const { result } = await server.call('2025-11-25', 'list_organizations', {
      environmentId: 'env_100000000000000001',
    })
    expect(JSON.stringify(result)).toContain('Acme Robotics')
  })
})
