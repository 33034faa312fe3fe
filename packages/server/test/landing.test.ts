import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tools } from '../src/tools/index.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

/** As a browser opens a page; a header of `undefined` is left out. */
function open(headers: Record<string, string | undefined> = {}, method = 'GET', path = '/mcp') {
  const { port, host } = new URL(server.url)
  const all = { host, accept: 'text/html,application/xhtml+xml,*/*;q=0.8', ...headers }
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new Promise<{ status: number; type: string; csp: string; body: string }>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, method, headers: given as Record<string, string> }, (res) => {
      let body = ''
      res.on('data', (chunk) => {
        body += chunk
      })
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          type: String(res.headers['content-type']),
          csp: String(res.headers['content-security-policy']),
          body,
        }),
      )
    })
      .on('error', reject)
      .end()
  })
}

describe('the page of the server', () => {
  test.each(['/mcp', '/', '/mcp?toolsets=users'])('a browser gets it at %s', async (path) => {
    const { status, type, csp, body } = await open({}, 'GET', path)
    expect(status).toBe(200)
    expect(type).toBe('text/html; charset=utf-8')
    expect(csp).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    )
    expect(body).toContain(`claude mcp add --transport http scalekit ${server.url}`)
    expect(body).not.toMatch(/<script|javascript:| on[a-z]+=/)
    for (const { name } of tools) expect(body).toContain(`<code>${name}</code>`)
  })

  test('the buttons carry what the clients read', async () => {
    const { body } = await open()
    const [, config = ''] = /cursor:[^"]*config=([^"&]+)/.exec(body) ?? []
    expect(JSON.parse(Buffer.from(decodeURIComponent(config), 'base64').toString())).toEqual({
      url: server.url,
    })
    const [, entry = ''] = /vscode:mcp\/install\?([^"]+)/.exec(body) ?? []
    expect(JSON.parse(decodeURIComponent(entry))).toEqual({ name: 'scalekit', type: 'http', url: server.url })
  })

  test.each([
    ['a client that asks for a stream', { accept: 'text/event-stream' }, 'GET', 401],
    ['a client that takes both', { accept: 'text/html, text/event-stream' }, 'GET', 401],
    ['one that takes anything', { accept: '*/*' }, 'GET', 401],
    ['one that does not say', { accept: undefined }, 'GET', 401],
    ['one that brings a token', { authorization: 'Bearer x' }, 'GET', 401],
    ['another host', { host: 'evil.example.com' }, 'GET', 421],
    ['another origin', { origin: 'https://evil.example.com' }, 'GET', 403],
    ['another method', {}, 'PUT', 401],
    ['a message', {}, 'POST', 401],
  ] as const)('%s is served as before', async (_, headers, method, status) => {
    const answer = await open(headers, method)
    expect(answer.status).toBe(status)
    expect(answer.type).not.toContain('html')
  })

  test('another host gets nothing at the root either, nor in absolute form', async () => {
    expect((await open({ host: 'evil.example.com' }, 'GET', '/')).status).toBe(404)
    expect((await open({}, 'GET', 'http://evil.example.com/mcp')).status).toBe(421)
  })
})
