import { z } from 'zod'
import { certificatesToPem, readCertificates } from '../../../domain/connections/certificates.js'
import { connectionData } from '../../../domain/connections/connection-data.js'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import { fetchText } from '../ask-identity-provider.js'
import type { SamlLibrary } from './saml-library.js'
import { readSamlMetadata, type SamlIdentityProvider } from './saml-metadata.js'

const Settings = z.object({
  idpMetadataUrl: z.string().default(''),
  idpEntityId: z.string().default(''),
  idpSsoUrl: z.string().default(''),
  idpCertificate: z.string().default(''),
  idpSsoRequestBinding: z.string().default(''),
})

/** The identity provider of a SAML connection, by its own settings or by the metadata. Throws a `SignInRefusal`. */
export async function samlIdentityProviderOf(
  library: SamlLibrary,
  connection: ConnectionRow,
): Promise<SamlIdentityProvider> {
  const { settings, configuration_type } = connectionData(connection)
  const { idpMetadataUrl, idpEntityId, idpSsoUrl, idpCertificate, ...rest } = Settings.parse(settings)
  const binding = rest.idpSsoRequestBinding === 'HTTP_POST' ? 'HTTP-POST' : 'HTTP-Redirect'
  const complete = Boolean(idpEntityId && idpSsoUrl && idpCertificate)
  const byHand = configuration_type === undefined ? complete : configuration_type === 'MANUAL'
  if (!byHand && idpMetadataUrl) {
    const metadata = await fetchMetadata(idpMetadataUrl)
    return readSamlMetadata(library, metadata, { entityId: idpEntityId, binding })
  }
  const { certificates = [] } = readCertificates(idpCertificate)
  if (idpEntityId && idpSsoUrl && certificates.length > 0) {
    return {
      entityId: idpEntityId,
      ssoUrl: idpSsoUrl,
      binding,
      certificates: certificates.map((one) => certificatesToPem([one])),
    }
  }
  throw new SignInRefusal(
    'connection_misconfigured',
    'The connection has neither a metadata URL nor entity ID, sign-on URL and certificate of its identity provider.',
  )
}

/** The metadata at a URL. Throws a `SignInRefusal`. */
export async function fetchMetadata(url: string): Promise<string> {
  return fetchText(url).catch((cause) => {
    if (!(cause instanceof SignInRefusal)) throw cause
    throw new SignInRefusal(
      'invalid_saml_metadata',
      `The metadata at ${url} cannot be read. ${cause.message}`,
      { cause },
    )
  })
}
