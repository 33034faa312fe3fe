import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { application, DEV, errorOf } from './sso-client.js'

const CONNECTION = 'conn_100000000000000002'

/** What an identity provider can get wrong, or do in bad faith. */
interface Answer {
  claims?: Record<string, unknown>
  status?: number
  key?: 'another'
  token?: string
}

let local: LocalScalekit
let idp: Server
let issuer: string
let answer: Answer
let nonce: string
let keys: { own: CryptoKey; another: CryptoKey; jwk: JWK }
beforeAll(async () => {
  const [own, another] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  keys = {
    own: own.privateKey,
    another: another.privateKey,
    jwk: { ...(await exportJWK(own.publicKey)), kid: 'k', alg: 'RS256' },
  }
  idp = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json')
    if (request.url === '/token') response.statusCode = answer.status ?? 200
    response.end(JSON.stringify(await resource(request.url ?? '')))
  })
  await new Promise<void>((resolve) => idp.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(idp.address() as AddressInfo).port}`
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  const settings = { issuer, clientId: 'us', clientSecret: 'a secret' }
  await local.database.db
    .updateTable('connections')
    .set({
      status: 'COMPLETED',
      enabled: 1,
      data: JSON.stringify({ settings_case: 'oidcConfig', settings }),
    })
    .where('id', '=', CONNECTION)
    .execute()
})
afterAll(async () => {
  idp.close()
  await local.close()
})

async function resource(path: string): Promise<unknown> {
  if (path === '/keys') return { keys: [keys.jwk] }
  if (path === '/token') return { token_type: 'Bearer', id_token: answer.token ?? (await idToken()) }
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
  }
}

function idToken(): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const own = { iss: issuer, aud: 'us', sub: '1', email: 'ana@acme.example', nonce, iat: now, exp: now + 60 }
  return new SignJWT({ ...own, ...answer.claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .sign(answer.key === 'another' ? keys.another : keys.own)
}

/** Signs in with an identity provider that answers this, and gives where the browser ends. */
async function signIn(given: Answer) {
  answer = given
  const app = application(local.url)
  const at = await app.start({ connection_id: CONNECTION })
  const { searchParams } = new URL(at.url)
  nonce = searchParams.get('nonce') ?? ''
  const query = new URLSearchParams({ code: 'x', state: searchParams.get('state') ?? '' })
  const end = await at.browser.follow(`${searchParams.get('redirect_uri')}?${query}`)
  return { ...end, verifier: at.verifier, app }
}

const past = Math.floor(Date.now() / 1000) - 3600

describe('the answer of an identity provider', () => {
  it('is taken when everything in it is right', async () => {
    const { app, url, verifier } = await signIn({})
    expect((await app.finish(url, verifier)).id).toMatchObject({
      email: 'ana@acme.example',
      amr: [CONNECTION],
    })
  })

  it.each<[string, Answer, string?]>([
    ['is for another client', { claims: { aud: 'them' } }],
    ['is for several clients, and meant for another', { claims: { aud: ['us', 'them'], azp: 'them' } }],
    ['is of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['answers another request', { claims: { nonce: 'another' } }],
    ['answers no request', { claims: { nonce: undefined } }],
    ['has expired', { claims: { iat: past, exp: past + 60 } }],
    ['never expires', { claims: { exp: undefined } }],
    ['is signed by somebody else', { key: 'another' }],
    ['is not signed', { token: `${btoa('{"alg":"none"}')}.${btoa('{"sub":"1"}')}.` }],
    ['is no token', { token: 'x' }],
    ['names nobody', { claims: { email: undefined } }, 'mandatory_attribute_missing'],
    ['is an error', { status: 500 }, 'failed_to_exchange_token'],
  ])('is refused when it %s', async (_name, given, code = 'invalid_id_token') => {
    expect(errorOf((await signIn(given)).url)).toBe(code)
  })

  it('is refused when the address is not verified', async () => {
    expect(errorOf((await signIn({ claims: { email_verified: false } })).url)).toBe('access_denied')
  })

  it('needs a verified address where the connection is of no organization', async () => {
    const { db } = local.database
    await db.updateTable('connections').set({ organization_id: null }).where('id', '=', CONNECTION).execute()
    expect(errorOf((await signIn({})).url)).toBe('access_denied')
    const { app, url, verifier } = await signIn({ claims: { email_verified: true } })
    expect((await app.finish(url, verifier)).id).toMatchObject({ email: 'ana@acme.example' })
    const [row] = await db.selectFrom('connections').selectAll().where('id', '=', CONNECTION).execute()
    expect(row?.environment_id).toBe(DEV)
  })

  it('counts once', async () => {
    answer = {}
    const app = application(local.url)
    const at = await app.start({ connection_id: CONNECTION })
    const { searchParams } = new URL(at.url)
    nonce = searchParams.get('nonce') ?? ''
    const callback = `${searchParams.get('redirect_uri')}?${new URLSearchParams({ code: 'x', state: searchParams.get('state') ?? '' })}`
    const answers = await Promise.all([1, 2, 3].map(() => fetch(callback, { redirect: 'manual' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400])
  })
})
