import { once } from 'node:events'
import { createServer } from 'node:net'
import { differentPort, forbiddenPort, readHost, unusableHost } from '@scalekit-mcp/auth'
import { describe, expect, test } from 'vitest'

describe('the address to listen on', () => {
  test.each([
    ['[::1]', '::1'],
    ['::1', '::1'],
    ['[::]', '::'],
    ['127.0.0.1', '127.0.0.1'],
    ['localhost', 'localhost'],
    ['my_container', 'my_container'],
    ['localhost:3022', undefined],
    ['127.0.0.1:3022', undefined],
    ['[::1]:3022', undefined],
    ['[127.0.0.1]', undefined],
    ['http://localhost', undefined],
    ['', undefined],
  ])('%j is read as %j', (value, host) => {
    expect(readHost(value)).toBe(host)
  })

  // An address for documentation (RFC 5737), and a name that never resolves (RFC 6761).
  test.each(['192.0.2.1', 'nowhere.invalid'])(
    '%s, which this machine does not have, is a sentence',
    async (host) => {
      const [error] = await once(createServer().listen(0, host), 'error')
      expect(unusableHost(error, host)).toMatch(
        new RegExp(
          `^HOST: this machine does not have the address ${host} \\(E\\w+\\)\\. Set HOST to 127\\.0\\.0\\.1`,
        ),
      )
    },
  )

  test('a port that takes rights is a sentence', () => {
    const forbidden = Object.assign(new Error(), { code: 'EACCES' })
    expect(forbiddenPort(forbidden, 80)).toBe(
      'PORT: this user may not listen on port 80 (EACCES). Set PORT to 1024 or more, and let a proxy forward port 80 to it.',
    )
    expect(forbiddenPort(Object.assign(new Error(), { code: 'EADDRINUSE' }), 80)).toBeUndefined()
  })

  test('another error of listen is not about the address', () => {
    expect(unusableHost(Object.assign(new Error(), { code: 'EADDRINUSE' }), '127.0.0.1')).toBeUndefined()
  })
})

test.each([
  ['http://localhost:3002/', 3002, undefined],
  ['http://localhost/', 80, undefined],
  ['https://mcp.acme.com/', 3002, undefined],
  [
    'http://127.0.0.1:3002/mcp',
    3005,
    /^EXPECTED_AUDIENCE is http:\/\/127\.0\.0\.1:3002\/mcp, and this server listens on port 3005\. Set PORT to 3002/,
  ],
])('%s and port %i', (resource, port, warning) => {
  if (warning) expect(differentPort(resource, port)).toMatch(warning)
  else expect(differentPort(resource, port)).toBeUndefined()
})
