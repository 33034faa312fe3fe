import { createVerify, X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { samlConnections } from './saml-connection.js'
import { requestXml } from './saml-idp.js'
import { errorOf } from './sso-client.js'

let local: LocalScalekit
let saml: ReturnType<typeof samlConnections>
let host: Server
let count = 0
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  saml = samlConnections(local)
  host = createServer((_request, response) => response.end(idpMetadata()))
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  host.close()
  await local.close()
})

/** Metadata of the identity provider, with a service for each binding. */
function idpMetadata(): string {
  const services = ['HTTP-Redirect', 'HTTP-POST'].map(
    (binding) =>
      `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${saml.idp.entityId}/${binding}"/>`,
  )
  return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${saml.idp.entityId}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${saml.idp.certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>${services.join('')}</IDPSSODescriptor></EntityDescriptor>`
}

const fromMetadata = () => ({
  ...{ idp_entity_id: '', idp_sso_url: '', idp_certificate: '' },
  idp_metadata_url: `http://127.0.0.1:${(host.address() as AddressInfo).port}/`,
})

/** What the connection shows to its identity provider. */
const metadataOf = async (id: string) => (await fetch(`${saml.place(id)}/metadata`)).text()

/** Our certificate in the metadata. */
const certificateFor = (metadata: string, use: 'signing' | 'encryption') =>
  new RegExp(`use="${use}"[\\s\\S]*?X509Certificate>([^<]+)<`).exec(metadata)?.[1]?.replace(/\s/g, '') ?? ''

/** The AuthnRequest of a connection with these settings over HTTP-Redirect. */
async function request(settings: Record<string, unknown>) {
  const id = await saml.connect(settings)
  const { url } = await saml.app.start({ connection_id: id })
  return { id, url: new URL(url), xml: requestXml(url) }
}

const address = () => `member${++count}@acme.example`

describe('the settings of a SAML connection', () => {
  it.each([
    [undefined, '1.1:nameid-format:emailAddress'],
    ['UNSPECIFIED', '1.1:nameid-format:unspecified'],
    ['EMAIL', '1.1:nameid-format:emailAddress'],
    ['TRANSIENT', '2.0:nameid-format:transient'],
    ['PERSISTENT', '2.0:nameid-format:persistent'],
  ])('idp_name_id_format %s is asked for', async (idp_name_id_format, format) => {
    const { id, xml } = await request({ idp_name_id_format })
    expect(xml).toMatch(new RegExp(`<samlp:NameIDPolicy [^>]*Format="urn:oasis:names:tc:SAML:${format}"`))
    expect(await metadataOf(id)).toContain(`<NameIDFormat>urn:oasis:names:tc:SAML:${format}</NameIDFormat>`)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['by hand', {}, 'sso'],
    ['by metadata with both', { metadata: true }, 'HTTP-POST'],
  ])(
    'idp_sso_request_binding chooses how a request gets there, configured %s',
    async (_, { metadata }, place) => {
      const settings = metadata ? fromMetadata() : {}
      const posted = await saml.connect({ ...settings, idp_sso_request_binding: 'HTTP_POST' })
      const { page } = await saml.app.start({ connection_id: posted })
      expect(page).toContain(`<form method="post" action="${saml.idp.entityId}/${place}"`)
      const redirect = metadata ? 'HTTP-Redirect' : 'sso'
      for (const idp_sso_request_binding of ['HTTP_REDIRECT', undefined]) {
        const { url } = await request({ ...settings, idp_sso_request_binding })
        expect(url.href).toContain(`${saml.idp.entityId}/${redirect}?SAMLRequest=`)
      }
    },
  )

  it.each([[true], [false], [undefined]])('force_authn %s', async (force_authn) => {
    const { xml } = await request({ force_authn })
    expect(/ForceAuthn="true"/.test(xml)).toBe(force_authn === true)
  })

  it('want_request_signed signs requests with the key in the metadata', async () => {
    const { id, url } = await request({ want_request_signed: true })
    const metadata = await metadataOf(id)
    expect(metadata).toContain('AuthnRequestsSigned="true"')
    expect(url.searchParams.get('SigAlg')).toBe('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
    // SAML 2.0 Bindings, section 3.4.4.1: the parameters in this order, as they are encoded in the URL.
    const raw = new Map(
      url.search
        .slice(1)
        .split('&')
        .map((pair) => [pair.split('=')[0], pair]),
    )
    const signed = ['SAMLRequest', 'RelayState', 'SigAlg'].map((name) => raw.get(name)).join('&')
    const certificate = new X509Certificate(Buffer.from(certificateFor(metadata, 'signing'), 'base64'))
    const signature = url.searchParams.get('Signature') ?? ''
    const verified = (content: string) =>
      createVerify('RSA-SHA256').update(content).verify(certificate.publicKey, signature, 'base64')
    expect([verified(signed), verified(`${signed}x`)]).toEqual([true, false])
  })

  it.each([[false], [undefined]])('want_request_signed %s signs none', async (want_request_signed) => {
    const { id, url } = await request({ want_request_signed })
    expect([url.searchParams.get('SigAlg'), url.searchParams.get('Signature')]).toEqual([null, null])
    expect(await metadataOf(id)).not.toContain('AuthnRequestsSigned="true"')
  })

  it('assertion_encrypted accepts only assertions that are encrypted to us', async () => {
    const id = await saml.connect({ assertion_encrypted: true })
    const encryptTo = certificateFor(await metadataOf(id), 'encryption')
    expect(await saml.claims(id, { encryptTo })).toMatchObject({ email: 'ana@acme.example' })
    expect(errorOf((await saml.signIn(id)).url)).toBe('invalid_saml_response')
    const plain = await saml.connect({ assertion_encrypted: false })
    expect(await metadataOf(plain)).not.toContain('use="encryption"')
    expect(errorOf((await saml.signIn(plain, { encryptTo })).url)).toBe('invalid_saml_response')
  })

  it('sync_user_profile_on_login changes the profile at each sign-in', async () => {
    const email = address()
    const named = (firstName: string) => ({ email, attributes: { firstName, lastName: 'Silva' } })
    const kept = await saml.connect({ sync_user_profile_on_login: false })
    expect(await saml.claims(kept, named('Ana'))).toMatchObject({ name: 'Ana Silva' })
    expect(await saml.claims(kept, named('Anna'))).toMatchObject({ name: 'Ana Silva' })
    const synced = await saml.connect({ sync_user_profile_on_login: true })
    expect(await saml.claims(synced, named('Anna'))).toMatchObject({ name: 'Anna Silva' })
  })

  it('jit_provisioning_with_sso_enabled decides whether somebody new gets in', async () => {
    const email = address()
    const closed = await saml.connect({ jit_provisioning_with_sso_enabled: false })
    expect(errorOf((await saml.signIn(closed, { email })).url)).toBe('access_denied')
    const open = await saml.connect({ jit_provisioning_with_sso_enabled: true })
    const { sub } = await saml.claims(open, { email })
    expect(await saml.claims(closed, { email })).toMatchObject({ sub, email })
  })
})
