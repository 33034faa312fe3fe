import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, type Local, startLocal } from '../api/local.js'
import { redeem } from './authorization-code.js'
import { application, CALLBACK, CLIENT } from './sso-client.js'

const ANA = 'usr_100000000000000101'
const EMAIL = 'ana@acme.example'

let local: Local
let app: ReturnType<typeof application>
beforeAll(async () => {
  local = await startLocal()
  app = application(local.url)
})
beforeEach(() => local.reset())
afterAll(() => local.close())

async function api(method: string, path: string, body?: unknown) {
  const answer = await local.rest(method, `/${DEV}/api/v1${path}`, { token: await local.client(DEV), body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}

async function connect() {
  const path = `/organizations/${ACME}/connections`
  const { connection } = await api('POST', path, { type: 'OIDC', provider: 'IDP_SIMULATOR' })
  await api('PATCH', `${path}/${connection.id}:enable`)
  return connection.id as string
}

/** What the SDK reads of the ID token, after a sign-in through a connection. */
async function signIn(connection_id: string) {
  const { url, verifier } = await app.simulate({ connection_id }, { email: EMAIL })
  const { id, tokens } = await app.finish(url, verifier)
  return { id, tokens }
}

describe('the ID token', () => {
  it('has the identity at the provider that the user signed in with', async () => {
    const connection = await connect()
    const { id } = await signIn(connection)
    expect(id.identities).toEqual([
      {
        connection_id: connection,
        organization_id: ACME,
        connection_type: 'OIDC',
        provider_name: 'IDP_SIMULATOR',
        social: false,
        provider_raw_attributes: expect.objectContaining({ email: EMAIL, iss: expect.any(String) }),
      },
    ])
    expect(id).not.toHaveProperty('metadata')
  })

  it('has the metadata of the user, and no identity after a sign-in without a provider', async () => {
    await local.sdk(DEV).user.updateUser(ANA, { metadata: { team: 'core' } })
    await signIn(await connect())
    await api('DELETE', `/organizations/${ACME}/connections/${await connect()}`)
    const at = await app.start({})
    const end = await at.browser.submit(at.url, at.page, { person: ANA })
    const { id } = await app.finish(end.url, at.verifier)
    expect(id).toMatchObject({ sub: ANA, metadata: { team: 'core' } })
    expect(id).not.toHaveProperty('identities')
  })

  it('tells both to the SDK', async () => {
    const connection = await connect()
    await local.sdk(DEV).user.updateUser(ANA, { metadata: { team: 'core' } })
    const { url, verifier } = await app.simulate({ connection_id: connection }, { email: EMAIL })
    const code = new URL(url).searchParams.get('code') ?? ''
    const { user } = await local.sdk(DEV).authenticateWithCode(code, CALLBACK, { codeVerifier: verifier })
    expect(user).toMatchObject({ metadata: { team: 'core' }, identities: [{ connection_id: connection }] })
  })

  it('keeps the identity when it is refreshed', async () => {
    const connection = await connect()
    const scope = 'openid offline_access'
    const { url, verifier } = await app.simulate({ connection_id: connection, scope }, { email: EMAIL })
    const first = await redeem(app.issuer, CLIENT.client_id, new URL(url), verifier, {
      ...CLIENT,
      redirect_uri: CALLBACK,
    })
    const { refresh_token } = (await first.json()) as { refresh_token: string }
    const response = await fetch(`${app.issuer}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...CLIENT, grant_type: 'refresh_token', refresh_token }),
    })
    const { id_token } = (await response.json()) as { id_token: string }
    const claims = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims.identities).toMatchObject([{ connection_id: connection }])
  })
})
