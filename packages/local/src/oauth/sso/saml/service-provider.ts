import { z } from 'zod'
import { connectionData } from '../../../domain/connections/connection-data.js'
import { samlServiceProvider } from '../../../domain/connections/sso-callback.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { samlIdentityProviderOf } from './saml-identity-provider.js'
import { serviceProviderKey } from './saml-key.js'
import { loadSaml } from './saml-library.js'

const SKEW_MS = 60_000
const ANSWER_MS = 10 * 60_000

const RESPONSE_SIGNED = ['SAML_ONLY_RESPONSE_SIGNING', 'SAML_RESPONSE_ASSERTION_SIGNING']
const ASSERTION_SIGNED = ['SAML_ONLY_ASSERTION_SIGNING', 'SAML_RESPONSE_ASSERTION_SIGNING']

/** SAML 2.0 Core, section 8.3. */
const NAME_ID_FORMATS: Readonly<Record<string, string>> = {
  UNSPECIFIED: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  EMAIL: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  TRANSIENT: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  PERSISTENT: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
}

const Settings = z.object({
  samlSigningOption: z.string().default(''),
  idpNameIdFormat: z.string().default('EMAIL'),
  forceAuthn: z.boolean().default(false),
  wantRequestSigned: z.boolean().default(false),
  assertionEncrypted: z.boolean().default(false),
})

/**
 * A connection as a SAML service provider, for the answer to one AuthnRequest with this ID, or for one to none.
 * Times are those of the machine and not of the environment's clock: an identity provider elsewhere has no other.
 * Throws a `SignInRefusal`.
 */
export async function createServiceProvider(
  context: OAuthContext,
  connection: ConnectionRow,
  requestId: string | undefined,
) {
  const library = await loadSaml()
  const us = samlServiceProvider(context.baseUrl, connection)
  const idp = await samlIdentityProviderOf(library, connection)
  const settings = Settings.parse(connectionData(connection).settings)
  const { pem } = await serviceProviderKey(context, connection.environment_id)
  const saml = new library.SAML({
    issuer: us.entityId,
    callbackUrl: us.assertionUrl,
    entryPoint: idp.ssoUrl,
    // Only HTTP-Redirect compresses (SAML 2.0 Bindings, section 3.4.4.1).
    skipRequestCompression: idp.binding === 'HTTP-POST',
    idpCert: [...idp.certificates],
    audience: us.entityId,
    identifierFormat: nameIdFormat(settings),
    disableRequestedAuthnContext: true,
    forceAuthn: settings.forceAuthn,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    ...(settings.wantRequestSigned && { privateKey: pem }),
    ...(settings.assertionEncrypted && { decryptionPvk: pem }),
    // Where neither is asked for, one of the two must be: nothing unsigned is ever read.
    wantAuthnResponseSigned: RESPONSE_SIGNED.includes(settings.samlSigningOption),
    wantAssertionsSigned: ASSERTION_SIGNED.includes(settings.samlSigningOption),
    acceptedClockSkewMs: SKEW_MS,
    maxAssertionAgeMs: ANSWER_MS,
    ...(requestId !== undefined && { generateUniqueId: () => requestId }),
    // An answer to no request must name none (SAML 2.0 Profiles, section 4.1.5).
    validateInResponseTo:
      requestId === undefined ? library.ValidateInResponseTo.ifPresent : library.ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: ANSWER_MS,
    // Which request is open, and only once, is known by its ticket.
    cacheProvider: {
      saveAsync: async () => null,
      getAsync: async (id) => (id === requestId ? new Date().toISOString() : null),
      removeAsync: async () => null,
    },
  })
  return { library, saml, us, idp, settings }
}

/** What an identity provider reads about us (SAML 2.0 Metadata, section 2.4.4). Throws a `SignInRefusal`. */
export async function serviceProviderMetadata(
  context: OAuthContext,
  connection: ConnectionRow,
): Promise<string> {
  const { generateServiceProviderMetadata } = await loadSaml()
  const { entityId, assertionUrl } = samlServiceProvider(context.baseUrl, connection)
  const settings = Settings.parse(connectionData(connection).settings)
  const { pem, certificate } = await serviceProviderKey(context, connection.environment_id)
  return generateServiceProviderMetadata({
    issuer: entityId,
    callbackUrl: assertionUrl,
    identifierFormat: nameIdFormat(settings),
    wantAssertionsSigned: true,
    signatureAlgorithm: 'sha256',
    ...(settings.wantRequestSigned && { privateKey: pem, publicCerts: certificate }),
    ...(settings.assertionEncrypted && { decryptionPvk: pem, decryptionCert: certificate }),
  })
}

function nameIdFormat({ idpNameIdFormat }: z.infer<typeof Settings>): string | null {
  return NAME_ID_FORMATS[idpNameIdFormat] ?? null
}
