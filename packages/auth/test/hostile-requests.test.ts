import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCorpora } from '../../../test/hostile/corpus.js'
import { buildRequest, type RequestBuild } from '../../../test/hostile/request.js'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, startApp } from './protected-app.js'
import { type RawResponse, sendRaw } from './raw-http.js'

const TOKEN_SCOPES = {
  read: 'env:read org:read',
  full: 'env:read env:write org:read org:write wks:read wks:write',
  'zero-scope': null,
  none: undefined,
}

/** What is decided before a handler runs; the rest meets the whole server in `test/hostile`. */
const groups = [
  'parser',
  'content-type',
  'content-encoding',
  'limits',
  'method',
  'path',
  'host',
  'origin',
  'raw-http',
]
const cases = readCorpora().requests.cases.filter(({ group }) => groups.includes(group))

/** Every request of the corpus that is decided before a handler runs. */
describe('hostile requests', () => {
  let authority: Authority
  let app: ProtectedApp

  beforeAll(async () => {
    authority = await startAuthority()
    app = await startApp(() => ({
      issuers: [authority.issuer],
      scopes: ['env:read'],
      allowedOrigins: ['https://app.example.com'],
    }))
  })

  afterAll(async () => {
    await app.close()
    await authority.close()
  })

  const send = (build: RequestBuild) => {
    const scope = TOKEN_SCOPES[build.auth ?? 'read']
    const token =
      scope === undefined ? undefined : mint(rsaKey, { iss: authority.issuer, aud: app.resource, scope })
    return sendRaw(Number(app.host.split(':')[1]), buildRequest(build, { host: app.host, token }))
  }

  test.each(cases)('$id $group $name', async ({ build, expect: expected }) => {
    const before = app.upstreamCalls()
    const startedAt = performance.now()

    const response = await send(build)

    if (expected.max_ms) expect(performance.now() - startedAt).toBeLessThan(expected.max_ms)
    expect([expected.status].flat()).toContain(response.status)
    if (expected.upstream_calls !== undefined)
      expect(app.upstreamCalls() - before).toBe(expected.upstream_calls)
    if (expected.jsonrpc_code) expect(JSON.parse(response.body).error.code).toBe(expected.jsonrpc_code)
    for (const [name, value] of Object.entries(expected.header_equals ?? {})) {
      expect(headerOf(response, name)).toBe(value)
    }
    for (const [name, value] of Object.entries(expected.header_contains ?? {})) {
      expect(headerOf(response, name)).toContain(value)
    }
    for (const name of [expected.header_absent ?? []].flat()) expect(headerOf(response, name)).toBeUndefined()
    if (expected.body_contains) {
      expect(response.text).toContain(expected.body_contains.replace('{{aud}}', app.resource))
    }
    if (expected.body_not_contains) expect(response.text).not.toContain(expected.body_not_contains)
    expect(response.text).not.toMatch(/x-powered-by|node_modules|\.js:\d|<html/i)
  })

  test('after all of them a valid call is answered', async () => {
    const response = await send({})
    expect(response.status).toBe(200)
    expect(app.faults).toEqual([])
  })
})

function headerOf(response: RawResponse, name: string): string | undefined {
  return response.headers.find(([header]) => header === name)?.[1]
}
