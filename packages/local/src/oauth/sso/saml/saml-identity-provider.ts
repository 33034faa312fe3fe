import { z } from 'zod'
import { connectionData } from '../../../domain/connections/connection-data.js'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import { fetchText } from '../ask-identity-provider.js'
import type { SamlLibrary } from './saml-library.js'

export interface SamlIdentityProvider {
  entityId: string
  /** Where AuthnRequests go, over HTTP-Redirect. */
  ssoUrl: string
  /** Base64 or PEM: the keys that may sign. */
  certificates: string[]
}

const Settings = z.object({
  idpMetadataUrl: z.string().default(''),
  idpEntityId: z.string().default(''),
  idpSsoUrl: z.string().default(''),
  idpCertificate: z.string().default(''),
})

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'

const Text = z.union([z.string(), z.object({ _: z.string() }).transform(({ _ }) => _)])

/** SAML 2.0 Metadata, sections 2.3.2 and 2.4.3: what of it we use, as xml2js gives it. */
const Metadata = z.object({
  EntityDescriptor: z.object({
    $: z.object({ entityID: z.string() }),
    IDPSSODescriptor: z.tuple([
      z.object({
        SingleSignOnService: z.array(
          z.object({ $: z.object({ Binding: z.string(), Location: z.url({ protocol: /^https?$/ }) }) }),
        ),
        KeyDescriptor: z.array(
          z.object({
            $: z.object({ use: z.string().optional() }).optional(),
            KeyInfo: z.tuple([
              z.object({ X509Data: z.array(z.object({ X509Certificate: z.array(Text).default([]) })) }),
            ]),
          }),
        ),
      }),
    ]),
  }),
})

/** The identity provider of a SAML connection: what the connection says, or what its metadata says. Throws a `SignInRefusal`. */
export async function samlIdentityProviderOf(
  library: SamlLibrary,
  connection: ConnectionRow,
): Promise<SamlIdentityProvider> {
  const settings = Settings.parse(connectionData(connection).settings)
  const { idpEntityId: entityId, idpSsoUrl: ssoUrl, idpCertificate: certificate } = settings
  if (entityId && ssoUrl && certificate) return { entityId, ssoUrl, certificates: [certificate] }
  if (settings.idpMetadataUrl) return fromMetadata(library, settings.idpMetadataUrl)
  throw new SignInRefusal(
    'connection_misconfigured',
    'The connection has neither a metadata URL nor entity ID, sign-on URL and certificate of its identity provider.',
  )
}

async function fromMetadata(library: SamlLibrary, url: string): Promise<SamlIdentityProvider> {
  const text = await fetchText(url)
  const read = await library.parseXml2JsFromString(text).catch(() => undefined)
  const metadata = Metadata.safeParse(read)
  if (metadata.success) {
    const { $, IDPSSODescriptor } = metadata.data.EntityDescriptor
    const [{ SingleSignOnService, KeyDescriptor }] = IDPSSODescriptor
    const ssoUrl = SingleSignOnService.find((service) => service.$.Binding === REDIRECT)?.$.Location
    const certificates = KeyDescriptor.filter((key) => key.$?.use !== 'encryption').flatMap((key) =>
      key.KeyInfo[0].X509Data.flatMap((data) => data.X509Certificate),
    )
    if (ssoUrl !== undefined && certificates.length > 0) return { entityId: $.entityID, ssoUrl, certificates }
  }
  throw new SignInRefusal(
    'connection_misconfigured',
    'The SAML metadata of the identity provider names no sign-on service over HTTP-Redirect with a signing certificate.',
  )
}
