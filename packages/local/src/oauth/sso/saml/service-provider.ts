import { connectionData } from '../../../domain/connections/connection-data.js'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import { samlServiceProvider } from '../../../domain/connections/sso-callback.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { samlIdentityProviderOf } from './saml-identity-provider.js'
import { loadSaml } from './saml-library.js'

const EMAIL_ADDRESS = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const SKEW_MS = 60_000
const ANSWER_MS = 10 * 60_000

const RESPONSE_SIGNED = ['SAML_ONLY_RESPONSE_SIGNING', 'SAML_RESPONSE_ASSERTION_SIGNING']
const ASSERTION_SIGNED = ['SAML_ONLY_ASSERTION_SIGNING', 'SAML_RESPONSE_ASSERTION_SIGNING']

/**
 * A connection as a SAML service provider, for one AuthnRequest with this ID. Times are those of the machine and
 * not of the environment's clock: an identity provider elsewhere has no other. Throws a `SignInRefusal`.
 */
export async function createServiceProvider(
  { baseUrl }: OAuthContext,
  connection: ConnectionRow,
  requestId: string,
) {
  const library = await loadSaml()
  const us = samlServiceProvider(baseUrl, connection)
  const idp = await samlIdentityProviderOf(library, connection)
  const { settings } = connectionData(connection)
  if (settings.assertionEncrypted === true || settings.wantRequestSigned === true) {
    throw new SignInRefusal(
      'connection_not_supported',
      'The local environment neither signs SAML requests nor decrypts assertions. Switch both off for this connection.',
    )
  }
  const signing = String(settings.samlSigningOption ?? '')
  const saml = new library.SAML({
    issuer: us.entityId,
    callbackUrl: us.assertionUrl,
    entryPoint: idp.ssoUrl,
    idpCert: idp.certificates,
    audience: us.entityId,
    identifierFormat: EMAIL_ADDRESS,
    disableRequestedAuthnContext: true,
    forceAuthn: settings.forceAuthn === true,
    // Where neither is asked for, one of the two must be: nothing unsigned is ever read.
    wantAuthnResponseSigned: RESPONSE_SIGNED.includes(signing),
    wantAssertionsSigned: ASSERTION_SIGNED.includes(signing),
    acceptedClockSkewMs: SKEW_MS,
    maxAssertionAgeMs: ANSWER_MS,
    generateUniqueId: () => requestId,
    validateInResponseTo: library.ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: ANSWER_MS,
    // Which request is open, and only once, is known by its ticket.
    cacheProvider: {
      saveAsync: async () => null,
      getAsync: async (id) => (id === requestId ? new Date().toISOString() : null),
      removeAsync: async () => null,
    },
  })
  return { library, saml, us, idp }
}

/** What an identity provider reads about us (SAML 2.0 Metadata, section 2.4.4). Throws a `SignInRefusal`. */
export async function serviceProviderMetadata(baseUrl: string, connection: ConnectionRow): Promise<string> {
  const { generateServiceProviderMetadata } = await loadSaml()
  const { entityId, assertionUrl } = samlServiceProvider(baseUrl, connection)
  return generateServiceProviderMetadata({
    issuer: entityId,
    callbackUrl: assertionUrl,
    identifierFormat: EMAIL_ADDRESS,
    wantAssertionsSigned: true,
  })
}
