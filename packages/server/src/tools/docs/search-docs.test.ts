import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('search_docs over %s', (era) => {
  test('finds the section that fits best', async () => {
    const { result } = await server.call(era, 'search_docs', { query: 'audience slash register mcp server' })
    expect(result?.items).toEqual(
      expect.arrayContaining([expect.objectContaining({ topic: 'mcp-auth', title: 'Register the server' })]),
    )
  })

  test('searches one topic only', async () => {
    const { result } = await server.call(era, 'search_docs', { query: 'token', topic: 'm2m-auth' })
    const topics = (result?.items as { topic: string }[] | undefined)?.map(({ topic }) => topic)
    expect(new Set(topics)).toEqual(new Set(['m2m-auth']))
  })

  test('finds nothing for words that are nowhere, and says so with an empty list', async () => {
    const { result } = await server.call(era, 'search_docs', { query: 'zzzyyyxxx' })
    expect(result?.items).toEqual([])
  })
})

describe('a documentation that misbehaves', () => {
  test('links to other hosts are not followed, and what is too large is left out', async () => {
    const hits: string[] = []
    const foreign = createServer((req, res) => {
      hits.push(req.url ?? '')
      res.end('# Foreign')
    })
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
    const foreignUrl = `http://localhost:${(foreign.address() as AddressInfo).port}`
    const site = createServer((req, res) => {
      if (req.url === '/llms.txt') {
        res.end(
          `- [MCP](${foreignUrl}/_llms-txt/mcp.txt)\n- [SSO](/_llms-txt/sso.txt)\n- [Quickstart](/_llms-txt/quickstart.txt)\n- [Agent](/_llms-txt/agent.txt)`,
        )
      } else if (req.url === '/_llms-txt/sso.txt')
        res.end('# Single sign-on\nConnections join identity providers.')
      else if (req.url === '/_llms-txt/agent.txt') res.writeHead(302, { location: foreignUrl }).end()
      else res.end('x'.repeat(4 * 1024 * 1024))
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    const other = await startServerUnderTest({
      DOCS_URL: `http://localhost:${(site.address() as AddressInfo).port}`,
    })
    const { result } = await other.call('2026-07-28', 'search_docs', { query: 'identity providers' })
    expect(result?.items).toEqual([expect.objectContaining({ topic: 'sso-scim', title: 'Single sign-on' })])
    expect(hits).toEqual([])
    await other.close()
    site.close()
    foreign.close()
  })

  test('out of reach from the start: an error that says so, never an empty list', async () => {
    const other = await startServerUnderTest({ DOCS_URL: 'http://localhost:1' })
    const { error } = await other.call('2026-07-28', 'search_docs', { query: 'anything' })
    expect(error).toMatchObject({ code: 'upstream_unavailable' })
    await other.close()
  })
})
