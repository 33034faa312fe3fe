import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makePasskey } from './authenticator.js'
import { DEV, type Local, startLocal } from './local.js'

const ANA = 'usr_100000000000000101'
const BEN = 'usr_100000000000000102'
/** The seed's application has a callback URL there. */
const APPLICATION = 'http://localhost:3000'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  const token = await local.client(DEV)
  const body = { type: 'WEBAUTHN', provider_key: 'SCALEKIT', provider: 'SCALEKIT' }
  const made = await local.rest('POST', '/api/v1/connections', { token, body })
  const path = `/api/v1/connections/${made.body.connection.id}:enable`
  expect((await local.rest('PATCH', path, { token })).status).toBe(200)
})
afterAll(() => local.close())

const call = async (method: string, path: string, user: string, body?: unknown) =>
  local.rest(method, `/api/v1/webauthn${path}`, { token: await local.session(user), body })

/** A user begins, and their browser makes a passkey on a page of an origin. */
async function make(user = ANA, origin = APPLICATION) {
  const begun = await call('POST', '/registration:begin', user, {})
  const { credentialId, attestationObject, clientDataJson } = makePasskey(begun.body.options, origin)
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  return {
    credential_id: text(credentialId),
    attestation_object: text(attestationObject),
    client_data_json: text(clientDataJson),
    transports: ['internal'],
    client_extension_results: { credProps: { rk: true } },
  }
}
const finish = (user: string, body: object) => call('POST', '/registration:finish', user, body)

describe('a user who makes a passkey on a page of the application', () => {
  it('has it afterwards', async () => {
    const passkey = await make()
    expect((await finish(ANA, passkey)).body).toEqual({ success: true })
    const { credentials } = (await call('GET', '/credentials', ANA)).body
    expect(credentials).toMatchObject([
      { user_id: ANA, credential_id: passkey.credential_id, transports: ['internal'] },
    ])
    const again = await call('POST', '/registration:begin', ANA, {})
    expect(again.body.options.excludeCredentials).toMatchObject([
      { id: Buffer.from(passkey.credential_id, 'base64').toString('base64url') },
    ])
  })

  it('cannot send an answer twice, nor that of another user', async () => {
    const passkey = await make()
    expect((await finish(BEN, passkey)).status).toBe(400)
    expect((await finish(ANA, passkey)).status).toBe(400)
    const second = await make()
    expect((await finish(ANA, second)).status).toBe(200)
    expect((await finish(ANA, second)).status).toBe(400)
  })

  it('cannot make one on a page of another site, for another kind, or that is forgotten', async () => {
    expect((await finish(ANA, await make(ANA, 'https://evil.example'))).status).toBe(400)
    expect((await finish(ANA, { ...(await make()), type: 'password' })).status).toBe(400)
    const forgotten = { ...(await make()), client_extension_results: { credProps: { rk: false } } }
    expect((await finish(ANA, forgotten)).status).toBe(400)
    expect((await finish(ANA, { ...(await make()), client_data_json: 'AAAA' })).status).toBe(400)
    expect((await call('GET', '/credentials', ANA)).body.credentials).toEqual([])
  })

  it('has to be signed in, in an environment with passkeys', async () => {
    const token = await local.client(DEV)
    const path = '/api/v1/webauthn/registration:begin'
    const asClient = await local.rest('POST', path, { token, body: {} })
    expect([asClient.status, asClient.body.message]).toEqual([
      400,
      expect.stringContaining('with the token of the user'),
    ])
    await local.reset()
    const off = await call('POST', '/registration:begin', ANA, {})
    expect([off.status, off.body.message]).toEqual([400, expect.stringContaining('Passkeys are off')])
  })
})

it('tells browsers which origins may use passkeys of the environment', async () => {
  const { body } = await local.rest('GET', `/${DEV}/.well-known/webauthn`)
  expect(body).toEqual({ origins: [local.url, APPLICATION] })
})
