import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  idOf,
  type Person,
  type ServerUnderTest,
  startServerUnderTest,
} from './server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'
const ISSUER = 'https://idp.attacker.example'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

/**
 * An agent that was talked into it adds an identity provider of the attacker's, enables it, and the attacker signs in through it
 * with the address of a customer's administrator.
 *
 * @returns where it was stopped, or the identity provider to which Scalekit sends the attacker's browser
 */
async function takeOver(environmentId: string, person?: Person): Promise<{ stoppedAt: string; why: string }> {
  const token = await server.token({ scopes: ['environment:read', 'environment:write'] })
  const call = (tool: string, args: Record<string, unknown>): Promise<Answer> =>
    server.call('2026-07-28', tool, { environmentId, ...args }, { token, ...(person ? { person } : {}) })
  const created = await call('create_environment_oidc_connection', {
    provider: 'CUSTOM',
    keyId: 'single-sign-on',
    issuer: ISSUER,
    authorizeUri: `${ISSUER}/authorize`,
    tokenUri: `${ISSUER}/token`,
    jwksUri: `${ISSUER}/keys`,
    clientId: 'scalekit',
    clientSecret: 'secret-of-the-attacker',
  })
  if (created.error) return { stoppedAt: 'create', why: created.error.code }
  const id = idOf(created, 'connection')
  const enabled = await call('enable_environment_connection', { connectionId: id })
  if (enabled.error) return { stoppedAt: 'enable', why: enabled.error.code }
  const url = new URL(`${server.local.url}/${environmentId}/oauth/authorize`)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: environmentId.replace('env_', 'skc_'),
    redirect_uri: 'http://localhost:3000/auth/callback',
    scope: 'openid email',
    state: 'x',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    connection_id: id,
    login_hint: 'noor@northwind.example',
  }).toString()
  return { stoppedAt: 'nothing', why: await identityProvider(url) }
}

/** Follows redirects within the local environment, as a browser with cookies does. */
async function identityProvider(url: URL): Promise<string> {
  const cookies = new Map<string, string>()
  let next = url
  for (let hop = 0; hop < 10 && next.origin === url.origin; hop++) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(next, { redirect: 'manual', headers: { cookie } })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) return `a page: ${response.status}`
    next = new URL(location, next)
  }
  return next.origin
}

describe("an identity provider of an attacker's", () => {
  test('reaches a sign-in where nothing is asked: the attack is real', async () => {
    expect(await takeOver(DEV)).toEqual({ stoppedAt: 'nothing', why: ISSUER })
  })

  test('is stopped in production at its first step, when the client cannot ask', async () => {
    const before = await server.state()
    expect(await takeOver(PRD)).toEqual({ stoppedAt: 'create', why: 'person_needed' })
    expect(await server.state()).toEqual(before)
  })

  test('is stopped in production at the first question, which names it', async () => {
    const questions: string[] = []
    const before = await server.state()
    const stopped = await takeOver(PRD, (question) => {
      questions.push(question)
      return { action: 'decline' }
    })
    expect(stopped).toEqual({ stoppedAt: 'create', why: 'confirmation_declined' })
    expect(questions).toHaveLength(1)
    expect(questions[0]).toContain(`Issuer: ${ISSUER}`)
    expect(questions[0]).toContain(`Token endpoint: ${ISSUER}/token`)
    expect(await server.state()).toEqual(before)
  })
})
