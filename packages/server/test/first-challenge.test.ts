import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config/config.js'
import { createFirstChallenge } from '../src/first-challenge.js'
import { tools } from '../src/tools/index.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

/** What a client is asked to sign in for. */
async function asked(query: string, authorization?: string): Promise<string | undefined> {
  const response = await fetch(server.url + query, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    body: '{}',
  })
  expect(response.status).toBe(401)
  return /scope="([^"]*)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1]
}

const reads = 'environment:read organization:read'

describe('a first sign-in asks for', () => {
  test('reads, and for more only where the URL says so', async () => {
    expect(await asked('')).toBe(reads)
    expect(await asked('?toolsets=all')).toBe(reads)
    expect(await asked('?access=write')).toBe(
      'workspace:read workspace:write environment:read environment:write organization:read organization:write',
    )
    expect(await asked('?access=write', 'Bearer expired')).toContain('organization:write')
  })

  test('no more than the selected tools need', async () => {
    expect(await asked('?toolsets=organizations&access=write')).toBe(`${reads} organization:write`)
    expect(await asked('?access=write&toolsets=docs')).toBe(reads)
  })

  test.each([
    '?access=admin',
    '?access=write&access=write',
    '?access=write&readonly=true',
    '?access=write&toolset=users',
  ])('reads where the URL is wrong, which a token is told: %s', async (query) => {
    expect(await asked(query)).toBe(reads)
    const token = await server.token()
    const { status } = await fetch(server.url + query, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
    })
    expect(status).toBe(400)
  })

  test('what a read-only server can do', () => {
    const first = createFirstChallenge(
      tools,
      { resource: 'https://mcp.example.com/mcp', mode: 'environment', readOnly: true },
      ['organization:read'],
      'short',
    )
    expect(first({ url: '/mcp?access=write' })).toEqual(['wks:read', 'env:read', 'org:read'])
  })
})

describe('BASELINE_SCOPES', () => {
  const environment = {
    ...{ SCALEKIT_ENV_URL: 'https://acme.scalekit.com', ADMIN_ORGANIZATION: 'org_100000000000000000' },
    ...{ SCALEKIT_CLIENT_ID: 'skc_1', SCALEKIT_CLIENT_SECRET: 'secret' },
  }
  const baseline = (BASELINE_SCOPES?: string) =>
    loadConfig({}, { ...environment, ...(BASELINE_SCOPES === undefined ? {} : { BASELINE_SCOPES }) })
      .baselineScopes

  test('is a list with spaces or commas, of long or short names', () => {
    expect(baseline('org:read, organization:write  org:write')).toEqual([
      'organization:read',
      'organization:write',
    ])
    for (const absent of [undefined, '', ' , '])
      expect(baseline(absent)).toEqual(['environment:read', 'organization:read'])
  })

  test('names what it takes', () => {
    expect(() => baseline('organization:delete')).toThrow(
      /BASELINE_SCOPES: set it to some of workspace:read, /,
    )
  })

  test('is what the challenge asks for', async () => {
    const own = await startServerUnderTest({ BASELINE_SCOPES: 'organization:write' })
    const { headers } = await fetch(own.url, { method: 'POST' })
    expect(headers.get('www-authenticate')).toContain('scope="organization:write"')
    await own.close()
  })
})
