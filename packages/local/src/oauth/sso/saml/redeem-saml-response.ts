import { z } from 'zod'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import { AssertedIdentity } from '../../../domain/users/asserted-identity.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { createServiceProvider } from './service-provider.js'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

/** What identity providers call an attribute: by a plain name, by Microsoft's URI, by X.500's. */
const NAMES = {
  email: ['email', 'mail', 'emailAddress', `${CLAIMS}/emailaddress`, 'urn:oid:0.9.2342.19200300.100.1.3'],
  given_name: ['given_name', 'givenName', 'firstName', `${CLAIMS}/givenname`, 'urn:oid:2.5.4.42'],
  family_name: ['family_name', 'surname', 'sn', 'lastName', `${CLAIMS}/surname`, 'urn:oid:2.5.4.4'],
  name: ['name', 'displayName', 'urn:oid:2.16.840.1.113730.3.1.241'],
  groups: ['groups', 'memberOf', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups'],
} as const

/** SAML 2.0 Core, section 2.4.1: as much of a verified assertion as is checked beyond what the library checks. */
const Assertion = z.object({
  Assertion: z.object({
    Issuer: z.tuple([z.union([z.string(), z.object({ _: z.string() }).transform(({ _ }) => _)])]),
    Conditions: z.array(z.unknown()).length(1),
    Subject: z.tuple([
      z.object({
        SubjectConfirmation: z.array(
          z.object({
            $: z.object({ Method: z.string() }),
            SubjectConfirmationData: z.tuple([z.object({ $: z.record(z.string(), z.string()) })]).optional(),
          }),
        ),
      }),
    ]),
  }),
})

/** Turns the response of a SAML identity provider to one request into an identity. Throws a `SignInRefusal`. */
export async function redeemSamlResponse(
  context: OAuthContext,
  connection: ConnectionRow,
  response: string,
  requestId: string,
): Promise<AssertedIdentity> {
  const { library, saml, us, idp } = await createServiceProvider(context, connection, requestId)
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: response }).catch((cause) => {
    // Its status may be unsigned: it can only end the sign-in.
    if (cause instanceof library.SamlStatusError) {
      throw new SignInRefusal('access_denied', 'The identity provider refused.', { cause })
    }
    throw refused(cause)
  })
  const assertion = Assertion.safeParse(profile?.getAssertion?.())
  if (!profile || !assertion.success) throw refused(assertion.error)
  const [issuer] = assertion.data.Assertion.Issuer
  if (issuer !== idp.entityId) throw refused(new Error('Another issuer.'))
  if (!isForUs(assertion.data, us.assertionUrl, requestId)) {
    throw refused(new Error('No bearer confirmation for this request, here.'))
  }
  const identity = AssertedIdentity.safeParse(identityOf(profile.nameID, profile.attributes))
  if (identity.success) return { ...identity.data, email: identity.data.email.toLowerCase() }
  throw new SignInRefusal(
    'identity_provider_failed',
    'The identity provider does not tell the e-mail address.',
  )
}

/** SAML 2.0 Profiles, section 4.1.4.3: of the bearer, sent to us, in answer to this request. */
function isForUs({ Assertion: assertion }: z.infer<typeof Assertion>, recipient: string, requestId: string) {
  return assertion.Subject[0].SubjectConfirmation.some(({ $, SubjectConfirmationData }) => {
    const data = SubjectConfirmationData?.[0].$
    return (
      $.Method === 'urn:oasis:names:tc:SAML:2.0:cm:bearer' &&
      data?.Recipient === recipient &&
      data.InResponseTo === requestId &&
      data.NotOnOrAfter !== undefined &&
      Date.parse(data.NotOnOrAfter) > Date.now() - 60_000
    )
  })
}

function identityOf(nameId: string | undefined, attributes: unknown) {
  const given = Object(attributes) as Record<string, unknown>
  const find = (names: readonly string[]) =>
    names
      .map((name) => (Object.hasOwn(given, name) ? given[name] : undefined))
      .find((one) => one !== undefined)
  const groups = find(NAMES.groups)
  return {
    sub: nameId,
    email: find(NAMES.email) ?? nameId,
    name: find(NAMES.name),
    given_name: find(NAMES.given_name),
    family_name: find(NAMES.family_name),
    groups: groups === undefined ? undefined : [groups].flat(),
  }
}

function refused(cause: unknown): SignInRefusal {
  return new SignInRefusal(
    'identity_provider_failed',
    'The SAML response of the identity provider is not valid.',
    { cause },
  )
}
