import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postCall } from '../../packages/server/test/post-message.js'
import { type Era, eras, typesTheName } from '../../packages/server/test/server-under-test.js'
import { type Fleet, startFleet } from './fleet.js'

const PRD = 'env_100000000000000002'

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet()
})
afterAll(() => fleet?.stop())

/** The official client of an era at one address, with a person who confirms everything. */
async function connect(era: Era, address: string) {
  const headers = { authorization: `Bearer ${await fleet.token()}`, 'x-forwarded-for': address }
  const options = { requestInit: { headers } }
  if (era === '2026-07-28') {
    const client = new ModernClient(
      { name: 'test', version: '1' },
      { capabilities: { elicitation: {} }, versionNegotiation: { mode: 'auto' } },
    )
    client.setRequestHandler('elicitation/create', async ({ params }) => typesTheName(params.message))
    await client.connect(new ModernTransport(new URL(fleet.url), options))
    return client
  }
  const client = new LegacyClient({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } })
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => typesTheName(params.message))
  await client.connect(new LegacyTransport(new URL(fleet.url), options))
  return client as unknown as ModernClient
}

const served = () =>
  fleet.replicas.map((replica) => replica.log().filter(({ path }) => path === '/mcp').length)

describe.each(eras)('a conversation over %s, through three replicas', (era) => {
  // Repeated, because a busy machine can have no time for one of the calls.
  test('creates, reads page by page, asks a person, and deletes', { retry: 2 }, async () => {
    await Promise.all(
      Array.from({ length: 6 }, async (_, number) => {
        const client = await connect(era, `10.0.${era === '2026-07-28' ? 1 : 2}.${number}`)
        const call = async (name: string, args: Record<string, unknown>) => {
          const result = await client.callTool({ name, arguments: { environmentId: PRD, ...args } })
          expect(result.isError, JSON.stringify(result.content)).toBeFalsy()
          return result.structuredContent as Record<string, unknown>
        }
        expect((await client.listTools()).tools.length).toBeGreaterThan(9)
        const { organization } = await call('create_organization', { name: `Replicas ${number}` })
        const first = await call('list_organizations', { pageSize: 1 })
        const second = await call('list_organizations', { pageSize: 1, pageToken: first.nextPageToken })
        expect(second.items).toHaveLength(1)
        const { id } = organization as { id: string }
        expect(await call('delete_organization', { organizationId: id })).toMatchObject({ deleted: true })
        await client.close()
      }),
    )
  })

  test('is spread over all of them', async () => {
    const before = served()
    for (let each = 0; each < 60; each++) {
      const address = `10.1.${era === '2026-07-28' ? 1 : 2}.${each}`
      const refused = await postCall(
        fleet.url,
        'no-token',
        'list_organizations',
        {},
        { era, headers: { 'x-forwarded-for': address } },
      )
      expect(refused.status).toBe(401)
    }
    await expect
      .poll(() => Math.min(...served().map((count, index) => count - (before[index] ?? 0))))
      .toBeGreaterThan(0)
  })

  test('is asked for the missing scope by whichever replica it meets, and goes on with another token', async () => {
    const headers = { 'x-forwarded-for': '10.0.3.1' }
    const args = { environmentId: PRD, name: 'Stepped up' }
    const reader = await fleet.token({ scopes: ['organization:read', 'environment:read'] })
    for (let round = 0; round < 3; round++) {
      const refused = await postCall(fleet.url, reader, 'create_organization', args, { era, headers })
      expect(refused.status).toBe(403)
      expect(refused.headers.get('www-authenticate')).toContain('organization:write')
    }
    const client = await connect(era, '10.0.3.1')
    expect((await client.callTool({ name: 'create_organization', arguments: args })).isError).toBeFalsy()
    await client.close()
  })
})
