import { z } from 'zod'
import { certificatesToPem, readCertificates } from '../../../domain/connections/certificates.js'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import type { SamlLibrary } from './saml-library.js'

export interface SamlIdentityProvider {
  readonly entityId: string
  /** Where AuthnRequests go, and how. */
  readonly ssoUrl: string
  readonly binding: Binding
  /** PEM: the keys that may sign. */
  readonly certificates: readonly string[]
}

export type Binding = 'HTTP-Redirect' | 'HTTP-POST'

const BINDINGS: readonly Binding[] = ['HTTP-Redirect', 'HTTP-POST']
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'

const Text = z.union([z.string(), z.object({ _: z.string() }).transform(({ _ }) => _)]).catch('')

/** SAML 2.0 Metadata, section 2.4.3: what of an identity provider we use, as xml2js reads it. */
const IdpDescriptor = z.object({
  $: z
    .object({ protocolSupportEnumeration: z.string().default(PROTOCOL) })
    .default({ protocolSupportEnumeration: PROTOCOL }),
  SingleSignOnService: z
    .array(z.object({ $: z.object({ Binding: z.string(), Location: z.string().trim() }) }))
    .catch([]),
  KeyDescriptor: z
    .array(
      z.object({
        $: z.object({ use: z.string().optional() }).optional(),
        KeyInfo: z
          .array(
            z.object({ X509Data: z.array(z.object({ X509Certificate: z.array(Text).catch([]) })).catch([]) }),
          )
          .catch([]),
      }),
    )
    .catch([]),
})
type IdpDescriptor = z.infer<typeof IdpDescriptor>

/** Section 2.3.2. */
const EntityDescriptor = z.object({
  $: z.object({ entityID: z.string().trim().min(1) }),
  IDPSSODescriptor: z.array(IdpDescriptor).min(1),
})
type EntityDescriptor = z.infer<typeof EntityDescriptor>

/**
 * The identity provider that metadata describes: the one with this entity ID, or the only one. Requests use this
 * binding if it offers it, and otherwise the other one. Throws a `SignInRefusal` with the reason.
 */
export async function readSamlMetadata(
  { parseXml2JsFromString }: SamlLibrary,
  xml: string,
  { entityId, binding = 'HTTP-Redirect' }: { entityId?: string; binding?: Binding } = {},
): Promise<SamlIdentityProvider> {
  const root = await parseXml2JsFromString(xml.trim()).catch((cause) => {
    throw invalidMetadata('is not XML', cause)
  })
  const found = entitiesIn(root).filter(({ $ }) => !entityId || $.entityID === entityId)
  const [entity] = found
  if (entity === undefined) throw invalidMetadata('describes no identity provider')
  if (found.length > 1) {
    throw invalidMetadata(`describes ${found.length} identity providers: set the entity ID of yours`)
  }
  return identityProviderIn(entity, binding)
}

/** Those that are identity providers, in groups at any depth (section 2.3.1). */
function entitiesIn(node: unknown): EntityDescriptor[] {
  const { EntitiesDescriptor: groups = [], EntityDescriptor: entities = [] } = Object(node)
  return [
    ...[entities].flat().flatMap((entity: unknown) => EntityDescriptor.safeParse(entity).data ?? []),
    ...[groups].flat().flatMap(entitiesIn),
  ]
}

/** Of several roles (SAML 1.1 and 2.0, or one for each key), the first that a request can be sent to. */
function identityProviderIn(
  { $, IDPSSODescriptor }: EntityDescriptor,
  preferred: Binding,
): SamlIdentityProvider {
  const roles = IDPSSODescriptor.filter((role) =>
    role.$.protocolSupportEnumeration.split(/\s+/).includes(PROTOCOL),
  )
  const role = roles.find((one) => serviceOf(one, preferred) !== undefined)
  const service = role && serviceOf(role, preferred)
  if (role === undefined || service === undefined) {
    throw invalidMetadata('names no single sign-on service over HTTP-Redirect or HTTP-POST')
  }
  const shown = role.KeyDescriptor.filter((key) => key.$?.use !== 'encryption').flatMap((key) =>
    key.KeyInfo.flatMap((info) => info.X509Data.flatMap((data) => data.X509Certificate)),
  )
  const read = shown.map(readCertificates)
  const certificates = read.flatMap((one) => one.certificates ?? []).map((one) => certificatesToPem([one]))
  if (certificates.length > 0) return { entityId: $.entityID, ...service, certificates }
  const problem = read.find((one) => one.problem !== undefined)?.problem
  throw invalidMetadata(
    problem === undefined ? 'has no signing certificate' : `has a signing certificate that ${problem}`,
  )
}

function serviceOf(
  { SingleSignOnService }: IdpDescriptor,
  preferred: Binding,
): { ssoUrl: string; binding: Binding } | undefined {
  for (const binding of new Set([preferred, ...BINDINGS])) {
    const found = SingleSignOnService.find(
      ({ $ }) => $.Binding === `urn:oasis:names:tc:SAML:2.0:bindings:${binding}` && isHttp($.Location),
    )
    if (found !== undefined) return { ssoUrl: found.$.Location, binding }
  }
  return undefined
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

function invalidMetadata(reason: string, cause?: unknown): SignInRefusal {
  return new SignInRefusal(
    'invalid_saml_metadata',
    `The SAML metadata of the identity provider ${reason}.`,
    cause === undefined ? {} : { cause },
  )
}
