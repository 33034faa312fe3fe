import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atPage } from '../../../test/at-page.js'
import {
  type Era,
  eras,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/server-under-test.js'

const args = { environmentId: 'env_100000000000000001', organizationId: 'org_100000000000000001' }

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

/** A client that opens links for its person. */
async function callWithBrowser(era: Era, action: 'accept' | 'decline') {
  const opened: string[] = []
  const capabilities = { elicitation: { url: {} } }
  const open = (params: { mode?: string; url?: string }) => {
    opened.push(params.mode === 'url' ? String(params.url) : 'not a URL')
    return { action }
  }
  const requestInit = { headers: { authorization: `Bearer ${await server.token()}` } }
  const client = era === '2026-07-28' ? modernClient() : legacyClient()
  const result = (await (await client).callTool({ name: 'generate_admin_portal_link', arguments: args })) as {
    isError?: boolean
    structuredContent?: Record<string, unknown>
    content: { text: string }[]
  }
  await (await client).close()
  return { opened, result, all: JSON.stringify(result) }

  async function modernClient() {
    const modern = new Client(
      { name: 'test', version: '1' },
      { capabilities, versionNegotiation: { mode: 'auto' } },
    )
    modern.setRequestHandler('elicitation/create', async ({ params }) => open(params))
    await modern.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit }))
    return modern
  }

  async function legacyClient() {
    const legacy = new LegacyClient({ name: 'test', version: '1' }, { capabilities })
    legacy.setRequestHandler(ElicitRequestSchema, async ({ params }) => open(params))
    await legacy.connect(new LegacyTransport(new URL(server.url), { requestInit }))
    return legacy as unknown as Client
  }
}

describe.each(eras)('generate_admin_portal_link over %s', (era) => {
  test('brings the link to the person, and not into the result or the log', async () => {
    const { opened, result, all } = await callWithBrowser(era, 'accept')
    expect(opened).toEqual([expect.stringContaining('/magicLink/')])
    expect(result.structuredContent).toMatchObject({
      handedOver: true,
      expiresAt: expect.stringMatching(/Z$/),
    })
    expect(all).not.toContain('magicLink')
    expect(server.log.join('')).not.toContain('magicLink')
  })

  test('says so when the person did not open it', async () => {
    const { result } = await callWithBrowser(era, 'decline')
    expect(JSON.parse(result.content[0]?.text ?? '{}').error.code).toBe('confirmation_declined')
  })

  test('waits at a page, before a link is created, for a client that opens none', async () => {
    const { error } = await server.call(era, 'generate_admin_portal_link', args)
    expect(error).toMatchObject({ code: 'person_needed' })
    const shown = await atPage(error)
    const link = shown.values.get('Link to the admin portal') ?? ''
    expect(link).toContain('/magicLink/')
    const { result } = await server.call(era, 'generate_admin_portal_link', args)
    expect(result).toMatchObject({ handedOver: true, expiresAt: expect.stringMatching(/Z$/) })
    expect(JSON.stringify(result)).not.toContain('magicLink')
    expect(server.log.join('')).not.toContain('magicLink')
  })

  test('says that there is no such organization', async () => {
    const unknown = { ...args, organizationId: 'org_999' }
    const { error } = await server.call(era, 'generate_admin_portal_link', unknown)
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
