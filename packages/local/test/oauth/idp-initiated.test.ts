import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { Browser } from './browser.js'
import { ACME, samlConnections } from './saml-connection.js'
import type { Said } from './saml-idp.js'
import { CALLBACK, DEV } from './sso-client.js'

let local: LocalScalekit
let saml: ReturnType<typeof samlConnections>
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  saml = samlConnections(local)
})
afterAll(() => local.close())

const asked = (id: string) => ({
  ...{ id: '', relayState: '' },
  recipient: `${saml.place(id)}/callback`,
  audience: saml.place(id),
})

async function post(id: string, SAMLResponse: string, RelayState = '') {
  const body = new URLSearchParams({ SAMLResponse, RelayState })
  const response = await fetch(`${saml.place(id)}/callback`, { method: 'POST', body, redirect: 'manual' })
  return { status: response.status, to: new URL(response.headers.get('location') ?? 'none:') }
}

const begin = (id: string, said: Said = {}, relayState?: string) =>
  post(id, saml.idp.respond(asked(id), { unsolicited: true, ...said }), relayState)

describe('a SAML response that nobody asked for', () => {
  it('goes to the application with a token that starts a sign-in', async () => {
    const id = await saml.connect({})
    const { status, to } = await begin(id, {}, '/reports')
    expect([status, to.origin + to.pathname]).toEqual([302, CALLBACK])
    const claims = await saml.sdk.getIdpInitiatedLoginClaims(to.searchParams.get('idp_initiated_login') ?? '')
    const known = { connection_id: id, organization_id: ACME, login_hint: 'ana@acme.example' }
    expect(claims).toMatchObject({ ...known, relay_state: '/reports', iss: saml.app.issuer })
    const { iat = 0, exp, nbf, aud } = claims as { iat?: number; exp?: number; nbf?: number; aud?: unknown }
    expect([exp, nbf, aud]).toEqual([iat + 300, iat, undefined])
    const at = await saml.app.start({ connection_id: claims.connection_id, login_hint: claims.login_hint })
    expect(at.url).toContain(`${saml.idp.entityId}/sso?SAMLRequest=`)
  })

  it('is good once', async () => {
    const id = await saml.connect({})
    const response = saml.idp.respond(asked(id), { unsolicited: true })
    const answers = await Promise.all([1, 2, 3].map(() => post(id, response)))
    const errors = answers.map(({ to }) => to.searchParams.get('error'))
    expect(errors.filter((error) => error === null)).toHaveLength(1)
    expect(errors.filter((error) => error === 'invalid_saml_response')).toHaveLength(2)
  })

  it.each<[string, Said, string]>([
    ['signed by another key', { key: 'another' }, 'signature_validation_failed'],
    ['not signed', { signed: 'nothing' }, 'signature_validation_failed'],
    ['for another recipient', { recipient: 'https://other.example/acs' }, 'invalid_assertion_url'],
    ['expired', { validForMs: -120_000 }, 'assertion_expired'],
  ])('%s brings the error to the application', async (_, said, error) => {
    const { to } = await begin(await saml.connect({}), said)
    expect([to.searchParams.get('error'), to.searchParams.get('idp_initiated_login')]).toEqual([error, null])
  })

  it('goes to the default_redirect_uri of the connection where the application has no URL for it', async () => {
    const id = await saml.connect({ default_redirect_uri: 'https://acme.example/start?from=idp' })
    const { to } = await begin(id)
    expect(to.origin + to.pathname).toBe('https://acme.example/start')
    expect(to.searchParams.get('from')).toBe('idp')
    const claims = await saml.sdk.getIdpInitiatedLoginClaims(to.searchParams.get('idp_initiated_login') ?? '')
    expect(claims).toMatchObject({ connection_id: id, login_hint: 'ana@acme.example' })
    const refused = await begin(id, { signed: 'nothing' })
    expect(refused.to.href).toMatch(
      /^https:\/\/acme\.example\/start\?from=idp&error=signature_validation_failed/,
    )
  })

  it('goes to the initiate-login URL of the application before the default_redirect_uri of the connection', async () => {
    const id = await saml.connect({ default_redirect_uri: 'https://acme.example/start' })
    const { db } = local.database
    const before = await db.selectFrom('clients').selectAll().where('realm', '=', DEV).execute()
    const [application] = before
    const data = JSON.stringify({
      ...JSON.parse(application?.data ?? '{}'),
      initiate_login_uri: 'https://app.example/login',
    })
    await db
      .updateTable('clients')
      .set({ data })
      .where('id', '=', application?.id ?? '')
      .execute()
    const { to } = await begin(id)
    expect(to.origin + to.pathname).toBe('https://app.example/login')
    expect(to.searchParams.get('idp_initiated_login')).not.toBeNull()
    await db
      .updateTable('clients')
      .set({ data: application?.data ?? '' })
      .where('id', '=', application?.id ?? '')
      .execute()
    expect((await begin(id)).to.href).toMatch(/^https:\/\/acme\.example\/start\?/)
  })

  it('is refused where the connection forbids it, or is disabled', async () => {
    const id = await saml.connect({})
    const row = await local.database.db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const data = JSON.parse(row.data)
    data.settings.allowIdpInitiatedLogin = false
    await local.database.db
      .updateTable('connections')
      .set({ data: JSON.stringify(data) })
      .where('id', '=', id)
      .execute()
    expect((await begin(id)).to.searchParams.get('error')).toBe('access_denied')
    expect((await saml.call('GET', `/${id}`)).body.connection.saml_config.allow_idp_initiated_login).toBe(
      false,
    )
    await saml.call('PATCH', `/${id}:disable`)
    expect((await begin(id)).to.searchParams.get('error')).toBe('connection_not_active')
  })

  it('that answers a request is none', async () => {
    const id = await saml.connect({})
    const answer = saml.idp.respond({ ...asked(id), id: '_closed' })
    expect((await post(id, answer)).status).toBe(400)
  })
})

describe('the simulator', () => {
  it('begins a sign-in, over SAML', async () => {
    const id = await saml.connect({
      idp_entity_id: '',
      idp_sso_url: '',
      idp_certificate: '',
      idp_metadata_url: `${local.url}/simulator/x/saml/metadata`,
    })
    await saml.call('PATCH', `/${id}`, {
      provider: 'OKTA',
      saml_config: {
        idp_metadata_url: `${local.url}/simulator/${id}/saml/metadata`,
        assertion_encrypted: true,
      },
    })
    const browser = new Browser()
    const form = await browser.follow(`${local.url}/simulator/${id}/idp-initiated`)
    const sent = await browser.submit(form.url, form.page ?? '', {
      answer: 'idp-initiated',
      email: 'ben@acme.example',
      relay_state: '/x',
    })
    const field = (name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(sent.page ?? '')?.[1] ?? ''
    const { to } = await post(id, field('SAMLResponse'), field('RelayState'))
    const claims = await saml.sdk.getIdpInitiatedLoginClaims(to.searchParams.get('idp_initiated_login') ?? '')
    expect(claims).toMatchObject({ connection_id: id, login_hint: 'ben@acme.example', relay_state: '/x' })
  })

  it('answers with each of its errors, and with custom attributes', async () => {
    const { body } = await saml.call('POST', '', { type: 'OIDC', provider: 'IDP_SIMULATOR' })
    const { id } = body.connection
    await saml.call('PATCH', `/${id}:enable`)
    for (const [error, code, text] of [
      ['invalid_credentials', 'access_denied', 'Invalid user credentials'],
      ['user_not_found', 'access_denied', 'User not found'],
      ['server_error', 'server_error', 'Server error'],
    ] as const) {
      const at = await saml.app.start({ connection_id: id })
      const { url } = await at.browser.submit(at.url, at.page, { answer: 'refuse', error })
      const { searchParams } = new URL(url)
      expect([searchParams.get('error'), searchParams.get('error_description')]).toEqual([
        code,
        `The identity provider answered ${code}: ${text}`,
      ])
    }
    const person = { email: 'cai@acme.example', custom: 'team=Blue\r\nroles=admin' }
    const end = await saml.app.simulate({ connection_id: id }, person)
    const { id: claims } = await saml.app.finish(end.url, end.verifier)
    expect(claims).toMatchObject({ email: 'cai@acme.example', team: 'Blue' })
    expect(claims.roles).not.toBe('admin')
  })
})

describe('the settings of a SAML connection', () => {
  it.each([
    ['idp_slo_url', 'https://idp.example/slo'],
    ['idp_slo_required', true],
    ['certificate_id', 'x'],
    ['sp_entity_id', 'https://other.example'],
  ])('that nothing honours are refused: %s', async (field, value) => {
    const id = await saml.connect({})
    const { status, body } = await saml.call('PATCH', `/${id}`, {
      provider: 'OKTA',
      saml_config: { [field]: value },
    })
    expect(status).toBe(501)
    expect(JSON.stringify(body)).toContain(`connection.saml_config.${field}`)
  })

  const lines = (end: string, indent = '') =>
    (saml.idp.certificate.match(/.{1,64}/g) ?? []).map((line) => indent + line).join(end)
  it.each<[string, () => string]>([
    ['with CRLF', () => `-----BEGIN CERTIFICATE-----\r\n${lines('\r\n')}\r\n-----END CERTIFICATE-----\r\n`],
    [
      'indented',
      () => `   -----BEGIN CERTIFICATE-----\n${lines('\n', '\t  ')}\n   -----END CERTIFICATE-----`,
    ],
    ['without headers and padding', () => lines(' ').replace(/=+$/, '')],
    ['with too much padding', () => `${lines('\n').replace(/=+$/, '')}====`],
    [
      'with escaped line ends',
      () => `-----BEGIN CERTIFICATE-----\\n${lines('\\n')}\\n-----END CERTIFICATE-----\\n`,
    ],
  ])('take a certificate %s', async (_, text) => {
    const id = await saml.connect({ idp_certificate: text() })
    const { body } = await saml.call('GET', `/${id}`)
    expect(body.connection.saml_config.idp_certificates[0].certificate).toMatch(
      /^-----BEGIN CERTIFICATE-----\n(.{64}\n)+/,
    )
    expect(await saml.claims(id, {})).toMatchObject({ email: 'ana@acme.example' })
  })

  it.each<[string, () => string]>([
    ['cut off', () => saml.idp.certificate.slice(0, -80)],
    ['a private key', () => '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----'],
    ['text', () => 'not one'],
  ])('refuse a certificate that is %s', async (_, text) => {
    const id = await saml.connect({})
    const { status, body } = await saml.call('PATCH', `/${id}`, {
      provider: 'OKTA',
      saml_config: { idp_certificate: text() },
    })
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('connection.saml_config.idp_certificate')
  })
})
