import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'
import { redirectUri } from './redirect-uri.js'

interface HostileCase {
  readonly id: string
  readonly name: string
  readonly arguments: Record<string, unknown>
}

const hostile = JSON.parse(
  readFileSync(new URL('../../../test/hostile/redirect-uris.json', import.meta.url), 'utf8'),
) as HostileCase[]

describe('a redirect URI', () => {
  test.each([
    'https://app.example.com',
    'https://app.example.com/',
    'https://app.example.com:8443/auth/callback',
    'https://xn--mnchen-3ya.example/cb',
    'https://*.example.com/cb',
    'https://*.acme.vercel.app/cb',
    'https://*.acme.co.uk/cb',
    'https://app.example.com/caf%C3%A9',
    'http://localhost:3000/auth/callback',
    'http://127.0.0.1:49152/',
    'http://[::1]:49152/cb',
    'com.example.app:/oauth2redirect',
    'com.example.app://callback',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'vscode-insiders://vscode.github-authentication/did-authenticate',
  ])('may be %s', (uri) => {
    expect(redirectUri.safeParse(uri).error).toBeUndefined()
  })

  test.each([
    [
      'another scheme',
      [
        'data:text/html,x',
        'file:///etc/passwd',
        'blob:https://x/y',
        'ftp://example.com/',
        'ws://example.com/',
      ],
    ],
    [
      'a script',
      [
        'javascript:alert(1)',
        'JaVaScRiPt:alert(1)',
        'java\tscript:alert(1)',
        'vbscript:x',
        'view-source:https://x.com/',
      ],
    ],
    [
      'a wildcard under a public suffix, where nobody owns the other names',
      [
        'https://*.vercel.app/cb',
        'https://*.co.uk/cb',
        'https://*.github.io/cb',
        'https://*.ngrok-free.app/cb',
      ],
    ],
    [
      'an app scheme that belongs to nobody',
      ['myapp://callback', 'example:/cb', 'cursor:/x', 'cursor:javascript:alert(1)'],
    ],
    ['a private-use scheme without a path', ['com.example.app:cb', 'com.example.app:', 'com.example.app://']],
    [
      'plain http elsewhere',
      ['http://app.example.com/cb', 'http://*.example.com/cb', 'http://foo.localhost/cb'],
    ],
    [
      'userinfo',
      ['https://app.example.com@evil.example/cb', 'https://@evil.example/', 'https://a:b@evil.example/'],
    ],
    [
      'a query or a fragment',
      [
        'https://app.example.com/cb?next=x',
        'https://app.example.com/cb?',
        'https://app.example.com/#x',
        'https://app.example.com/#',
      ],
    ],
    [
      'a backslash',
      [
        'https:\\\\evil.example\\cb',
        'https://app.example.com\\@evil.example/',
        'https://app.example.com/%5c',
      ],
    ],
    [
      'space or control characters',
      [
        ' https://app.example.com/',
        'https://app.example.com/a b',
        'https://app.example.com/\r\nX: y',
        'https://app.example.com/%0d%0a',
        'https://app.example.com/%00',
      ],
    ],
    [
      'an address',
      [
        'https://93.184.216.34/cb',
        'https://169.254.169.254/',
        'https://[2001:db8::1]/',
        'https://2130706433/',
        'https://0x7f.1/',
        'https://127.1/',
        'https://[::ffff:7f00:1]/',
      ],
    ],
    [
      'a host that is no domain name',
      [
        'https://intranet/cb',
        'https://app.example.com./',
        'https://-a.example.com/',
        'https://exаmple.com/cb',
        'https://a_b.example.com/',
      ],
    ],
    [
      'a wildcard elsewhere',
      [
        'https://*/',
        'https://*.com/',
        'https://a.*.example.com/',
        'https://*a.example.com/',
        'https://**.example.com/',
        'https://app.example.com/*',
        'https://*.*.example.com/',
        'com.example.app:/a*',
      ],
    ],
    [
      'anything but the plain form',
      [
        'HTTPS://app.example.com/',
        'https://APP.example.com/',
        'https://app.example.com:443/',
        'https://app.example.com/a/../b',
        'https:/app.example.com/',
        'https:app.example.com',
      ],
    ],
    ['no scheme', ['app.example.com/cb', '//evil.example/cb', '/cb', '']],
    ['more than 256 characters', [`https://app.example.com/${'x'.repeat(240)}`]],
  ])('has not %s', (_, uris) => {
    expect(uris.filter((uri) => redirectUri.safeParse(uri).success)).toEqual([])
  })
})

describe('a hostile argument of add_redirect_uri', () => {
  let server: ServerUnderTest
  let token: string
  beforeAll(async () => {
    server = await startServerUnderTest()
    token = await server.token()
  })
  afterAll(() => server.close())

  test.each(hostile)(
    '$id $name is refused before anything is asked of Scalekit',
    async ({ arguments: args }) => {
      const before = await server.upstreamRequests()
      const { error } = await server.call('2026-07-28', 'add_redirect_uri', args, { token })
      expect(error).toMatchObject({ code: 'invalid_arguments', message: expect.stringMatching(/^uri: /) })
      expect(await server.upstreamRequests()).toBe(before)
    },
  )
})
