import { Secret } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../src/observe/log.js'
import { createRedact } from '../src/observe/redact.js'
import { postMessage } from './post-message.js'
import { itemsOf, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const environmentId = 'env_100000000000000001'
/** That of the seed, which looks like no credential. */
const clientSecret = 'test_local_secret'
const stateKey = 'words-that-are-nothing-but-a-key-of-state'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest({ STATE_KEY: stateKey })
})
afterAll(() => server.close())

const create = async (name: string) => {
  const { organization } = await server.sdk(environmentId).organization.createOrganization(name)
  return organization?.id ?? ''
}

test('a secret of this server is in no result, candidate or resource, whoever wrote it there', async () => {
  const id = await create(`Uses ${clientSecret} and ${stateKey}`)
  const shown = 'Uses [redacted] and [redacted]'
  const list = await server.call('2026-07-28', 'list_organizations', { environmentId, pageSize: 100 })
  expect(itemsOf(list).find((each) => each.id === id)).toMatchObject({ displayName: shown })
  const part = { environmentId, organizationId: 'Uses' }
  const { error } = await server.call('2026-07-28', 'get_organization_details', part)
  expect(error).toMatchObject({ candidates: [{ id, name: shown }] })
  const uri = `scalekit://environments/${environmentId}/organizations/${id}`
  const read = await postMessage(server.url, await server.token(), 'resources/read', { uri })
  expect(read.text).toContain(shown)
  for (const secret of [clientSecret, stateKey]) expect(read.text).not.toContain(secret)
})

test.each([
  'Bearer Logistics GmbH',
  'Standard Bearer Logistics',
  `sk_${'abcdefgh'.repeat(3)}`,
  'test_local_secrecy',
])('the name %s of a customer stays what it is', async (name) => {
  const id = await create(name)
  const { result } = await server.call('2026-07-28', 'get_organization_details', {
    environmentId,
    organizationId: id,
  })
  expect(result?.organization).toMatchObject({ displayName: name })
})

test('a secret of this server is in no line of the log', () => {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const log = createLog('info', { write }, createRedact([new Secret(clientSecret)]))
  log.info({ err: new Error(`refused ${clientSecret}`, { cause: new Error(clientSecret) }) }, 'x')
  expect(lines.join('')).toContain('refused [redacted]')
  expect(lines.join('')).not.toContain(clientSecret)
})
