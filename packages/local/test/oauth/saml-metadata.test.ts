import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { createCertificate } from '../../src/tls/self-signed.js'
import { emptyStorage } from '../empty-storage.js'
import { samlConnections } from './saml-connection.js'
import { errorOf } from './sso-client.js'

let local: LocalScalekit
let saml: ReturnType<typeof samlConnections>
let host: Server
let document = ''
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  saml = samlConnections(local)
  host = createServer((_request, response) => response.end(document))
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  host.close()
  await local.close()
})

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const key = (certificate: string, use = ' use="signing"') =>
  `<KeyDescriptor${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>\r\n   ${certificate.replace(/.{60}/g, '$&\r\n   ')}\r\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>`
const service = (binding: string) =>
  `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location=" ${saml.idp.entityId}/sso?tenant=1 "/>`
const role = (content: string, protocol = PROTOCOL) =>
  `<IDPSSODescriptor protocolSupportEnumeration="${protocol}">${content}</IDPSSODescriptor>`
const entity = (content: string, id = saml.idp.entityId) =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${id}">${content}</EntityDescriptor>`
const group = (content: string) =>
  `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${content}</md:EntitiesDescriptor>`
const url = () => `http://127.0.0.1:${(host.address() as AddressInfo).port}/`
const fromMetadata = (more: Record<string, unknown> = {}) =>
  saml.connect({ idp_entity_id: '', idp_sso_url: '', idp_certificate: '', idp_metadata_url: url(), ...more })

describe('the metadata of an identity provider', () => {
  it.each<[string, () => string]>([
    [
      'with HTTP-Redirect',
      () => entity(role(key(saml.idp.certificate) + service('HTTP-POST') + service('HTTP-Redirect'))),
    ],
    [
      'with a byte order mark and a declaration',
      () =>
        `\ufeff<?xml version="1.0"?>${entity(role(key(saml.idp.certificate) + service('HTTP-Redirect')))}`,
    ],
    [
      'in a group, next to a service provider',
      () =>
        group(
          entity('<SPSSODescriptor/>', 'https://sp.example') +
            group(entity(role(key(saml.idp.certificate) + service('HTTP-Redirect')))),
        ),
    ],
    [
      'with a role for SAML 1.1 before',
      () =>
        entity(
          role(service('HTTP-Redirect'), 'urn:oasis:names:tc:SAML:1.1:protocol') +
            role(key(saml.idp.certificate) + service('HTTP-Redirect')),
        ),
    ],
    [
      'with two roles, one without a service',
      () =>
        entity(role(key(saml.idp.certificate)) + role(key(saml.idp.certificate) + service('HTTP-Redirect'))),
    ],
    [
      'with a key that cannot sign and one that names no use',
      () =>
        entity(
          role(
            key(createCertificate(new Date()).cert.replace(/-----.*-----|\s/g, ''), ' use="encryption"') +
              key(saml.idp.certificate, '') +
              service('HTTP-Redirect'),
          ),
        ),
    ],
  ])('is read %s', async (_, text) => {
    document = text()
    const end = await saml.signIn(await fromMetadata())
    expect(end.request).toContain(`${saml.idp.entityId}/sso?tenant=1&SAMLRequest=`)
    expect((await saml.app.finish(end.url, end.verifier)).id).toMatchObject({ email: 'ana@acme.example' })
  })

  it('with several identity providers needs the entity ID', async () => {
    const own = entity(role(key(saml.idp.certificate) + service('HTTP-Redirect')))
    document = group(own + own.replace(saml.idp.entityId, 'https://other.example'))
    const at = await saml.app.start({ connection_id: await fromMetadata() })
    expect(errorOf(at.url)).toBe('invalid_saml_metadata')
    const end = await saml.signIn(await fromMetadata({ idp_entity_id: saml.idp.entityId }))
    expect(new URL(end.url).searchParams.get('code')).toBeTruthy()
  })

  it.each<[string, () => string, RegExp]>([
    ['is no XML', () => 'no metadata', /is not XML|describes no identity provider/],
    [
      'has no service',
      () => entity(role(key(saml.idp.certificate) + service('SOAP'))),
      /names no single sign-on service/,
    ],
    ['has no certificate', () => entity(role(service('HTTP-POST'))), /has no signing certificate/],
    [
      'has a certificate that SAML cannot use',
      () =>
        entity(
          role(
            key(createCertificate(new Date()).cert.replace(/-----.*-----|\s/g, '')) + service('HTTP-POST'),
          ),
        ),
      /must have an RSA key/,
    ],
  ])('that %s is refused with the reason', async (_, text, reason) => {
    document = text()
    const at = await saml.app.start({ connection_id: await fromMetadata() })
    expect(errorOf(at.url)).toBe('invalid_saml_metadata')
    expect(new URL(at.url).searchParams.get('error_description')).toMatch(reason)
  })

  it('with HTTP-POST only gets the request in a form', async () => {
    document = entity(role(key(saml.idp.certificate) + service('HTTP-POST')))
    const at = await saml.app.start({ connection_id: await fromMetadata({ want_request_signed: true }) })
    expect(at.url).toContain('/request?ticket=')
    expect(at.page).toContain(`<form method="post" action="${saml.idp.entityId}/sso?tenant=1"`)
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(at.page)?.[1] ?? ''
    const xml = Buffer.from(field('SAMLRequest'), 'base64').toString()
    expect(xml).toContain('<samlp:AuthnRequest')
    expect(xml).toContain('<SignatureValue>')
    const asked = {
      id: / ID="([^"]+)"/.exec(xml)?.[1] ?? '',
      recipient: /AssertionConsumerServiceURL="([^"]+)"/.exec(xml)?.[1] ?? '',
      audience: /<saml:Issuer[^>]*>([^<]+)</.exec(xml)?.[1] ?? '',
      relayState: field('RelayState'),
    }
    const body = new URLSearchParams({ SAMLResponse: saml.idp.respond(asked), RelayState: asked.relayState })
    const end = await at.browser.follow(asked.recipient, { method: 'POST', body })
    expect(new URL(end.url).searchParams.get('code')).toBeTruthy()
  })
})
