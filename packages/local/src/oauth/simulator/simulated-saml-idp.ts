import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import { z } from 'zod'
import { connectionData } from '../../domain/connections/connection-data.js'
import { samlServiceProvider } from '../../domain/connections/sso-callback.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { type SamlKey, samlKey, serviceProviderKey } from '../sso/saml/saml-key.js'
import type { SamlLibrary } from '../sso/saml/saml-library.js'
import type { SamlAnswer } from './saml-response.js'
import { SIMULATOR } from './simulated-person.js'

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const MAX_REQUEST_BYTES = 64 * 1024

const inflate = promisify(inflateRaw)

/** Where the SAML identity provider is that is simulated for a connection. */
export function simulatedSaml(baseUrl: string, connection: string) {
  const ssoUrl = `${baseUrl}/${SIMULATOR}/${connection}/saml`
  return { entityId: `${ssoUrl}/metadata`, metadataUrl: `${ssoUrl}/metadata`, ssoUrl }
}

/** Its key, the same one for all connections. */
export function simulatorKey(context: OAuthContext): Promise<SamlKey> {
  return samlKey(context, SIMULATOR)
}

/** The answer to a connection, as its settings want it. */
export async function answerTo(
  context: OAuthContext,
  connection: ConnectionRow,
  inResponseTo: string | undefined,
): Promise<SamlAnswer> {
  const us = samlServiceProvider(context.baseUrl, connection)
  const encrypted = connectionData(connection).settings.assertionEncrypted === true
  const { certificate } = await serviceProviderKey(context, connection.environment_id)
  return {
    issuer: simulatedSaml(context.baseUrl, connection.id).entityId,
    audience: us.entityId,
    recipient: us.assertionUrl,
    inResponseTo,
    encryptTo: encrypted ? certificate : undefined,
  }
}

/** SAML 2.0 Metadata, section 2.4.3. */
export async function simulatedSamlMetadata(
  context: OAuthContext,
  { buildXmlBuilderObject }: SamlLibrary,
  connection: string,
): Promise<string> {
  const { entityId, ssoUrl } = simulatedSaml(context.baseUrl, connection)
  const { certificate } = await simulatorKey(context)
  return buildXmlBuilderObject(
    {
      EntityDescriptor: {
        '@xmlns': 'urn:oasis:names:tc:SAML:2.0:metadata',
        '@xmlns:ds': 'http://www.w3.org/2000/09/xmldsig#',
        '@entityID': entityId,
        IDPSSODescriptor: {
          '@protocolSupportEnumeration': 'urn:oasis:names:tc:SAML:2.0:protocol',
          KeyDescriptor: {
            '@use': 'signing',
            'ds:KeyInfo': { 'ds:X509Data': { 'ds:X509Certificate': { '#text': certificate } } },
          },
          SingleSignOnService: { '@Binding': REDIRECT, '@Location': ssoUrl },
        },
      },
    },
    true,
  )
}

const AuthnRequest = z.object({
  AuthnRequest: z.object({
    $: z.object({ ID: z.string().regex(/^[\w.-]{1,100}$/), AssertionConsumerServiceURL: z.string() }),
  }),
})

/**
 * Reads an AuthnRequest over HTTP-Redirect (SAML 2.0 Bindings, section 3.4.4.1). The one service provider is the
 * connection: undefined for a request that nobody can read, or that wants the answer elsewhere.
 */
export async function readAuthnRequest(
  context: OAuthContext,
  library: SamlLibrary,
  connection: ConnectionRow,
  query: unknown,
): Promise<SamlAnswer | undefined> {
  const us = samlServiceProvider(context.baseUrl, connection)
  const compressed = Buffer.from(String(query ?? ''), 'base64')
  const text = await inflate(compressed, { maxOutputLength: MAX_REQUEST_BYTES }).catch(() => '')
  const read = await library.parseXml2JsFromString(String(text)).catch(() => undefined)
  const request = AuthnRequest.safeParse(read)
  if (!request.success) return undefined
  const { ID, AssertionConsumerServiceURL } = request.data.AuthnRequest.$
  if (AssertionConsumerServiceURL !== us.assertionUrl) return undefined
  return answerTo(context, connection, ID)
}
