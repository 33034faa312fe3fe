import { z } from 'zod'
import { connectionData } from '../domain/connections/connection-data.js'
import type { SentSettings } from '../domain/connections/connection-settings.js'
import type { ConnectionRow } from '../storage/registry-schema.js'

/** What an administrator fills in for OpenID Connect; a stored secret is not shown. */
export interface OidcFields {
  type: 'OIDC'
  issuer: string
  client_id: string
  hasSecret: boolean
}

/** What an administrator fills in for SAML: the metadata URL, or the three others. */
export interface SamlFields {
  type: 'SAML'
  metadata_url: string
  entity_id: string
  sso_url: string
  certificate: string
}

export type ConnectionFields = OidcFields | SamlFields

const text = z.string().trim().catch('')
const OidcForm = z.object({ issuer: text, client_id: text, client_secret: z.string().catch('') })
const SamlForm = z.object({
  metadata_url: text,
  entity_id: text,
  sso_url: text,
  certificate: text,
  binding: text,
})
const Settings = z.object({
  ...{ issuer: text, clientId: text, clientSecret: z.string().optional() },
  ...{ idpMetadataUrl: text, idpEntityId: text, idpSsoUrl: text, idpCertificate: text },
})

/** The fields of a form that was submitted, or of an empty one. */
export function fieldsOf(type: ConnectionFields['type'], body: unknown): ConnectionFields {
  if (type === 'SAML') return { type, ...SamlForm.parse(Object(body)) }
  const { issuer, client_id } = OidcForm.parse(Object(body))
  return { type, issuer, client_id, hasSecret: false }
}

/** The fields of a connection that there is; undefined for one that needs none. */
export function storedFields(connection: ConnectionRow): ConnectionFields | undefined {
  if (connection.provider === 'IDP_SIMULATOR') return undefined
  const settings = Settings.parse(connectionData(connection).settings)
  if (connection.type === 'SAML') {
    const { idpMetadataUrl: metadata_url, idpEntityId: entity_id, idpSsoUrl: sso_url } = settings
    return { type: 'SAML', metadata_url, entity_id, sso_url, certificate: settings.idpCertificate }
  }
  const { issuer, clientId: client_id, clientSecret } = settings
  return { type: 'OIDC', issuer, client_id, hasSecret: clientSecret !== undefined }
}

/** The settings that a form asks for, or what is missing in it. An empty secret keeps the one that there is. */
export function settingsFrom(
  type: ConnectionFields['type'],
  body: unknown,
): { settings: SentSettings } | { problem: string } {
  if (type === 'SAML') {
    const { metadata_url, entity_id, sso_url, certificate, binding } = SamlForm.parse(Object(body))
    if (metadata_url === '' && [entity_id, sso_url, certificate].includes('')) {
      return { problem: 'Fill in the metadata URL, or all of entity ID, sign-on URL and certificate.' }
    }
    const value = {
      idpMetadataUrl: metadata_url,
      idpEntityId: entity_id,
      idpSsoUrl: sso_url,
      ...(binding !== '' && {
        idpSsoRequestBinding: binding === 'HTTP-POST' ? 'HTTP_POST' : 'HTTP_REDIRECT',
      }),
      ...(certificate === '' ? {} : { idpCertificate: certificate }),
    }
    return { settings: { case: 'samlConfig', value } }
  }
  const { issuer, client_id: clientId, client_secret: clientSecret } = OidcForm.parse(Object(body))
  if (issuer === '' || clientId === '') return { problem: 'Fill in the issuer and the client ID.' }
  const value = { issuer, clientId, ...(clientSecret === '' ? {} : { clientSecret }) }
  return { settings: { case: 'oidcConfig', value } }
}
