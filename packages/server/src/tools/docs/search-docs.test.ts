import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postCall, postMessage, toolErrorOf } from '../../../test/post-message.js'
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
      expect.arrayContaining([
        expect.objectContaining({ topic: 'mcp-auth', title: 'Register an MCP server' }),
      ]),
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

/** The index of a site that links to one document for each name. */
const indexOf = (names: readonly string[]) =>
  names.map((name) => `- [${name}](/_llms-txt/${name}.txt)`).join('\n')

describe('a large documentation', () => {
  const names = ['mcp', 'full-stack', 'agent', 'sso', 'quickstart', 'api', 'integrations', 'm2m']
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
  /** 600 KB in 600 sections of words that are all different. */
  const document = (topic: number) =>
    Array.from({ length: 600 }, (_, section) => {
      const word = (n: number) => `${letters[(n + topic) % 36]}${(section * 150 + n).toString(36)}`
      return `## Section ${section}\n${Array.from({ length: 150 }, (_, n) => word(n)).join(' ')}\n`
    }).join('')
  let site: Server
  let other: ServerUnderTest

  beforeAll(async () => {
    site = createServer((req, res) => {
      const topic = names.indexOf(/^\/_llms-txt\/(.*)\.txt$/.exec(req.url ?? '')?.[1] ?? '')
      res.end(topic < 0 ? indexOf(names) : document(topic))
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    other = await startServerUnderTest({
      DOCS_URL: `http://localhost:${(site.address() as AddressInfo).port}`,
      REQUESTS_PER_MINUTE: '10000',
    })
  })
  afterAll(async () => {
    await other.close()
    site.close()
  })

  const call = (token: string, tool: string, args: Record<string, unknown> = {}) =>
    postCall(other.url, token, tool, args, { era: '2026-07-28' })

  test.each([
    ['single letters', Array.from({ length: 100 }, (_, n) => letters[n % 36]).join(' ')],
    ['the same word a hundred times', 'a1 '.repeat(66).trim()],
    [
      'many prefixes',
      Array.from({ length: 50 }, (_, n) => `${letters[n % 36]}1a`)
        .join(' ')
        .slice(0, 199),
    ],
    // Repeated, because a machine can be too busy for both; a bystander that waits for the searches fails every time.
  ])('a bystander is answered while 100 searches for %s run', { retry: 4 }, async (_what, query) => {
    const token = await other.token({ scopes: [] })
    const ready = () => call(token, 'search_docs', { query: 'section' })
    await expect.poll(async () => toolErrorOf(await ready())).toBeUndefined()
    const bystander = await other.token()
    let ended = 0
    const searches = Array.from({ length: 100 }, () =>
      call(token, 'search_docs', { query }).finally(() => ended++),
    )
    await searches[0]
    const started = performance.now()
    expect((await postMessage(other.url, bystander, 'tools/list')).status).toBe(200)
    // On a slow machine the searches take as much longer as the bystander: it does not wait for the last one.
    expect(performance.now() - started < 5_000 || ended < searches.length).toBe(true)
    // On a slow machine, the last of them may exceed the deadline of a call; on Node 24, some the memory of the thread.
    const codes = (await Promise.all(searches)).map((answer) => toolErrorOf(answer)?.code ?? 'ok')
    expect(codes.filter((code) => !['ok', 'upstream_timeout'].includes(code))).toEqual([])
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
