import { afterAll, beforeAll, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { MCP_SERVER, REDIRECT_URI } from '../oauth/authorization-code.js'

const LIMIT = 1000

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
})
afterAll(() => local.close())

function register(metadata: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${local.url}/workspace/api/v1/resources/${MCP_SERVER}/clients:register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
  })
}

async function registered(): Promise<number> {
  const rows = await local.database.db.selectFrom('oidc_records').select('payload').execute()
  return rows.length
}

it('S9: what is large is refused, and not stored', async () => {
  const large = [
    JSON.stringify({ redirect_uris: [REDIRECT_URI], filler: 'x'.repeat(33 * 1024) }),
    { redirect_uris: Array.from({ length: 51 }, (_, index) => `${REDIRECT_URI}/${index}`) },
    { redirect_uris: [`https://app.example/${'x'.repeat(2000)}`] },
  ]
  for (const metadata of large) expect([400, 413]).toContain((await register(metadata)).status)
  expect(await registered()).toBe(0)
})

it('S9: what is not asked for is not stored', async () => {
  const extra = { filler: 'x'.repeat(20_000), contacts: ['a'], jwks_uri: 'https://a.example', scope: 'all' }
  const response = await register({ redirect_uris: [REDIRECT_URI], client_name: 'x'.repeat(201), ...extra })
  expect(response.status).toBe(201)
  const [row] = await local.database.db.selectFrom('oidc_records').select('payload').execute()
  expect(row?.payload.length).toBeLessThan(1000)
})

it('S9: an address registers no more than the limit in an hour, whatever it says of itself', async () => {
  const before = 4 // the requests above
  const statuses: number[] = []
  const batch = (size: number) =>
    Promise.all(
      Array.from({ length: size }, async (_, index) => {
        const headers = { 'x-forwarded-for': `10.0.0.${index % 255}`, forwarded: `for=10.0.0.${index % 255}` }
        const response = await register({ redirect_uris: [REDIRECT_URI] }, headers)
        await response.arrayBuffer()
        if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(3000)
        statuses.push(response.status)
      }),
    )
  for (let sent = 0; sent < LIMIT - before + 50; sent += 50) await batch(50)
  const accepted = statuses.filter((status) => status === 201).length
  expect(accepted).toBe(LIMIT - before)
  expect(statuses.filter((status) => status === 429).length).toBe(statuses.length - accepted)
  expect(await registered()).toBe(accepted + 1)
  measure(
    'S9',
    `${accepted + before - LIMIT} beyond ${LIMIT} an hour and address, of ${statuses.length + before} requests`,
  )
})
