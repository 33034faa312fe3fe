import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { createSamlIdp, readRequest, type Said } from './saml-idp.js'
import { application, CLIENT, DEV, errorOf } from './sso-client.js'

const ACME = 'org_100000000000000001'
const idp = createSamlIdp('https://idp.acme.example/saml')

let local: LocalScalekit
let app: ReturnType<typeof application>
let token: string
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  app = application(local.url)
})
beforeEach(async () => {
  await local.reset()
  const sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT.client_id, CLIENT.client_secret)
  token = await sdk.generateClientToken(CLIENT.client_id, CLIENT.client_secret).then(String)
})
afterAll(() => local.close())

async function api(method: string, path: string, body?: unknown) {
  const response = await fetch(`${app.issuer}/api/v1/organizations/${ACME}/connections${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(response.status, text).toBeLessThan(300)
  return JSON.parse(text) as { connection: { id: string } }
}

/** A SAML connection of Acme, enabled. */
async function connect(settings: (id: string) => Record<string, unknown>): Promise<string> {
  const { connection } = await api('POST', '', { type: 'SAML', provider: 'OKTA' })
  await api('PATCH', `/${connection.id}`, {
    provider: 'OKTA',
    type: 'SAML',
    saml_config: settings(connection.id),
  })
  await api('PATCH', `/${connection.id}:enable`)
  return connection.id
}

const toSimulator = (extra: Record<string, unknown> = {}) =>
  connect((id) => ({ idp_metadata_url: `${local.url}/simulator/${id}/saml/metadata`, ...extra }))

const toIdp = (extra: Record<string, unknown> = {}) =>
  connect(() => ({
    idp_entity_id: idp.entityId,
    idp_sso_url: `${idp.entityId}/sso`,
    idp_certificate: idp.certificate,
    ...extra,
  }))

/** Begins a sign-in at the identity provider, and brings back what it says. */
async function signIn(connection_id: string, said: Said = {}) {
  const at = await app.start({ connection_id })
  expect(at.url).toContain(`${idp.entityId}/sso?SAMLRequest=`)
  const asked = readRequest(at.url)
  const post = (SAMLResponse: string) =>
    at.browser.follow(asked.recipient, {
      method: 'POST',
      headers: { origin: new URL(idp.entityId).origin },
      body: new URLSearchParams({ SAMLResponse, RelayState: asked.relayState }),
    })
  const response = idp.respond(asked, said)
  return { ...(await post(response)), verifier: at.verifier, again: () => post(response) }
}

describe('through the simulated identity provider', () => {
  it('signs somebody in with what the assertion says', async () => {
    const connection_id = await toSimulator()
    const at = await app.start({ connection_id, login_hint: 'ana@acme.example' })
    expect(at.page).toContain('Identity provider simulator')
    expect(at.page).toContain('value="ana@acme.example"')
    const person = {
      email: 'Ana.Silva@acme.example',
      given_name: 'Ana & <Co>',
      family_name: 'Silva',
      groups: 'a,b',
    }
    const { page = '' } = await at.browser.submit(at.url, at.page, { answer: 'sign-in', ...person })
    const end = await carry(at.browser, page)
    const { id } = await app.finish(end.url, at.verifier)
    expect(id).toMatchObject({
      email: 'ana.silva@acme.example',
      name: 'Ana & <Co> Silva',
      oid: ACME,
      amr: [connection_id],
    })
  })

  it('tells the application that the person refused', async () => {
    const at = await app.start({ connection_id: await toSimulator() })
    const { page = '' } = await at.browser.submit(at.url, at.page, { answer: 'refuse' })
    const { url } = await carry(at.browser, page)
    expect(errorOf(url)).toBe('invalid_status')
    expect(new URL(url).searchParams.get('error_description')).toContain('Responder / AuthnFailed')
  })

  it('works whatever the clock of the environment says', async () => {
    await fetch(`${local.url}/__local/clock`, {
      method: 'POST',
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ advance: 86_400 }),
    })
    const sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT.client_id, CLIENT.client_secret)
    token = await sdk.generateClientToken(CLIENT.client_id, CLIENT.client_secret).then(String)
    const at = await app.start({ connection_id: await toSimulator() })
    const { page = '' } = await at.browser.submit(at.url, at.page, {
      answer: 'sign-in',
      email: 'b@acme.example',
    })
    expect(new URL((await carry(at.browser, page)).url).searchParams.get('code')).toBeTruthy()
  })

  it('answers nobody but its connection', async () => {
    const id = await toSimulator()
    const at = await app.start({ connection_id: id })
    const query = new URL(at.url).search
    const others = await Promise.all(
      [`/simulator/${await toSimulator()}/saml${query}`, `/simulator/${id}/saml?SAMLRequest=bm9uZQ`].map(
        (path) => fetch(local.url + path),
      ),
    )
    expect(others.map(({ status }) => status)).toEqual([400, 400])
  })

  /** Presses the button that takes the response back. */
  function carry(browser: Awaited<ReturnType<typeof app.start>>['browser'], page: string) {
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? ''
    const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1] ?? ''
    return browser.follow(action, {
      method: 'POST',
      body: new URLSearchParams({ SAMLResponse: field('SAMLResponse'), RelayState: field('RelayState') }),
    })
  }
})

test('the connection tells identity providers who it is', async () => {
  const id = await toSimulator()
  const place = `${app.issuer}/sso/v1/saml/${id}`
  const response = await fetch(`${place}/metadata`)
  expect(response.headers.get('content-type')).toContain('application/samlmetadata+xml')
  const text = await response.text()
  expect(text).toContain(`entityID="${place}"`)
  expect(text).toContain(`Location="${place}/callback"`)
  expect((await fetch(`${app.issuer}/sso/v1/saml/conn_100000000000000002/metadata`)).status).toBe(404)
})

describe('the response of an identity provider', () => {
  it.each<[string, Said, Record<string, unknown>?]>([
    ['signed in its assertion', {}],
    ['signed as a whole', { signed: 'response' }],
    [
      'signed in its assertion, as the connection asks',
      {},
      { saml_signing_option: 'SAML_ONLY_ASSERTION_SIGNING' },
    ],
    [
      'signed as a whole, as the connection asks',
      { signed: 'response' },
      { saml_signing_option: 'SAML_ONLY_RESPONSE_SIGNING' },
    ],
  ])('is taken when it is %s, and once', async (_, said, settings) => {
    const end = await signIn(await toIdp(settings), said)
    expect((await app.finish(end.url, end.verifier)).id).toMatchObject({
      email: 'ana@acme.example',
      oid: ACME,
    })
    expect((await end.again()).response.status).toBe(400)
  })

  const evil =
    '<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">admin@acme.example</saml:NameID>'
  const assertionOf = (xml: string) => /<saml:Assertion .*<\/saml:Assertion>/s.exec(xml)?.[0] ?? ''
  const forged = (xml: string) =>
    assertionOf(xml)
      .replace(/<Signature.*<\/Signature>/s, '')
      .replace(/<saml:NameID.*<\/saml:NameID>/, evil)
      .replace(/ ID="[^"]+"/, ' ID="_forged"')

  it.each<[string, string, Said, Record<string, unknown>?]>([
    ['is not signed', 'signature_validation_failed', { signed: 'nothing' }],
    [
      'is not signed, and the connection asks for nothing',
      'signature_validation_failed',
      { signed: 'nothing' },
      { saml_signing_option: 'NO_SIGNING' },
    ],
    ['is signed by another key', 'signature_validation_failed', { key: 'another' }],
    [
      'is signed in its assertion only, and the connection wants both',
      'signature_validation_failed',
      {},
      { saml_signing_option: 'SAML_RESPONSE_ASSERTION_SIGNING' },
    ],
    [
      'is signed as a whole only, and the connection wants the assertion',
      'signature_validation_failed',
      { signed: 'response' },
      { saml_signing_option: 'SAML_ONLY_ASSERTION_SIGNING' },
    ],
    [
      'was changed after it was signed',
      'signature_validation_failed',
      { tamper: (xml) => xml.replace('ana@acme', 'bob@acme') },
    ],
    [
      'has a forged assertion before the signed one',
      'signature_validation_failed',
      { tamper: (xml) => xml.replace('<saml:Assertion ', `${forged(xml)}<saml:Assertion `) },
    ],
    [
      'has a forged assertion after the signed one',
      'signature_validation_failed',
      { tamper: (xml) => xml.replace('</samlp:Response>', `${forged(xml)}</samlp:Response>`) },
    ],
    [
      'wraps the signed assertion in a forged one',
      'signature_validation_failed',
      {
        tamper: (xml) =>
          xml.replace(
            assertionOf(xml),
            forged(xml).replace('</saml:Assertion>', `${assertionOf(xml)}</saml:Assertion>`),
          ),
      },
    ],
    [
      'hides the signed assertion among the extensions',
      'signature_validation_failed',
      {
        tamper: (xml) =>
          xml.replace(
            assertionOf(xml),
            `<samlp:Extensions>${assertionOf(xml)}</samlp:Extensions>${forged(xml)}`,
          ),
      },
    ],
    ['is for another audience', 'invalid_saml_response', { audience: 'https://other.example' }],
    ['was sent to another recipient', 'invalid_assertion_url', { recipient: 'https://other.example/acs' }],
    [
      'comes from another issuer with the same key',
      'invalid_saml_response',
      { issuer: 'https://other.example' },
    ],
    ['answers another request', 'invalid_saml_response', { inResponseTo: '_another' }],
    ['answers no request in its assertion', 'invalid_saml_response', { confirmedFor: null }],
    ['answers another request in its assertion', 'invalid_saml_response', { confirmedFor: '_another' }],
    [
      'is not of the bearer',
      'invalid_saml_response',
      { method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' },
    ],
    ['has expired', 'assertion_expired', { validForMs: -120_000 }],
    ['names nobody', 'mandatory_attribute_missing', { email: 'not an address' }],
    [
      'declares entities',
      'malformed_saml_response',
      { tamper: (xml) => `<!DOCTYPE x [<!ENTITY e "x">]>${xml.replace('ana@', '&e;ana@')}` },
    ],
    ['is no XML', 'malformed_saml_response', { tamper: () => 'nothing' }],
  ])('is refused when it %s', async (_, code, said, settings) => {
    const end = await signIn(await toIdp(settings), said)
    expect(errorOf(end.url)).toBe(code)
  })

  it('reads a name whole, whatever comments are in it', async () => {
    const end = await signIn(await toIdp(), {
      email: 'ana@acme.example<!---->.evil.example',
    })
    expect(end.page).toContain('<strong>ana@acme.example.evil.example</strong>')
  })
})

test('metadata that is none is told as such', async () => {
  const id = await connect(() => ({ idp_metadata_url: `${local.url}/docs` }))
  const at = await app.start({ connection_id: id })
  expect(errorOf(at.url)).toBe('invalid_saml_metadata')
})
