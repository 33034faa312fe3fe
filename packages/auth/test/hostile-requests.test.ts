import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scopesOf } from '../../../test/hostile/client.js'
import { readCorpora } from '../../../test/hostile/corpus.js'
import { buildRequest, type RequestBuild } from '../../../test/hostile/request.js'
import { compare, expectedIn } from '../../../test/hostile/verdict.js'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import type { Names } from './hostile-values.js'
import { type ProtectedApp, startApp } from './protected-app.js'
import { sendRaw } from './raw-http.js'

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
const { requests } = readCorpora()
/** `npm run test:hostile` has those that limit a time too. */
const cases = requests.cases.filter(
  ({ group, expect: { max_ms } }) => groups.includes(group) && max_ms === undefined,
)

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

  const send = async (build: RequestBuild) => {
    const scope = scopesOf(build.auth)
    const { host, resource: aud } = app
    const names: Names = {
      host,
      port: host.split(':')[1] ?? '',
      aud,
      ...(scope !== undefined && { token: mint(rsaKey, { iss: authority.issuer, aud, scope }) }),
    }
    const { defaults } = requests
    return { names, response: await sendRaw(Number(names.port), buildRequest(build, { names, defaults })) }
  }

  test.each(cases)('$id $group $name', async (testCase) => {
    // What memory is needed is measured at the process of a server.
    const { max_rss_growth_mb: _memory, ...expected } = expectedIn('strict', testCase)
    const before = app.upstreamCalls()
    const startedAt = performance.now()

    const { names, response } = await send(testCase.build)

    const seen = {
      response,
      milliseconds: performance.now() - startedAt,
      upstreamCalls: app.upstreamCalls() - before,
      canaryHits: 0,
      keySetReads: 0,
      received: '',
    }
    const circumstances = { names, era: 'modern', claimedScopes: [] } as const
    expect(compare(testCase, expected, seen, circumstances)).toEqual([])
  })

  test('after all of them a valid call is answered', async () => {
    const { response } = await send({})
    expect(response.status).toBe(200)
    expect(app.faults).toEqual([])
  })
})
