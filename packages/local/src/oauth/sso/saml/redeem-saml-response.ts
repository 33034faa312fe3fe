import { z } from 'zod'
import { connectionData } from '../../../domain/connections/connection-data.js'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import { assertedAttributes } from '../../../domain/users/asserted-attributes.js'
import { AssertedIdentity } from '../../../domain/users/asserted-identity.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { readResponse } from './read-response.js'
import { createServiceProvider } from './service-provider.js'

/** SAML 2.0 Core, section 2.4.1: as much of a verified assertion as is checked beyond what the library checks. */
const Assertion = z.object({
  Assertion: z.object({
    $: z.object({ ID: z.string().min(1) }),
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
type Assertion = z.infer<typeof Assertion>['Assertion']

/** Somebody, and the assertion that says so: it is good once. */
export interface Redeemed {
  readonly identity: AssertedIdentity
  readonly assertionId: string
}

/**
 * Turns the response of a SAML identity provider into an identity: the one to the request with this ID, or one that
 * answers no request. Throws a `SignInRefusal`.
 */
export async function redeemSamlResponse(
  context: OAuthContext,
  connection: ConnectionRow,
  response: string,
  requestId: string | undefined,
): Promise<Redeemed> {
  const { library, saml, us, idp, settings } = await createServiceProvider(context, connection, requestId)
  const { destination, encrypted } = await readResponse(library, response)
  // SAML 2.0 Bindings, section 3.5.5.2.
  if (destination !== undefined && destination !== us.assertionUrl) {
    throw new SignInRefusal(
      'invalid_acs_url',
      `The SAML response is for another URL. Set the assertion consumer URL to ${us.assertionUrl}.`,
    )
  }
  if (settings.assertionEncrypted && !encrypted) {
    throw invalid('The assertion is not encrypted, and the connection asks for it.')
  }
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: response }).catch((cause) => {
    throw refusalOf(cause)
  })
  const read = Assertion.safeParse(profile?.getAssertion?.())
  if (!profile || !read.success) throw invalid('The SAML response has no complete assertion.', read.error)
  const { Assertion: assertion } = read.data
  if (assertion.Issuer[0] !== idp.entityId) {
    throw invalid('The assertion has another issuer than the entity ID of the identity provider.')
  }
  refuseUnconfirmed(assertion, us.assertionUrl, requestId)
  const mapping = connectionData(connection).attribute_mapping
  return {
    identity: identityOf(profile.nameID, profile.attributes, mapping),
    assertionId: assertion.$.ID,
  }
}

/** SAML 2.0 Profiles, section 4.1.4.3: of the bearer, sent to us, in answer to this request or to none. */
function refuseUnconfirmed({ Subject }: Assertion, recipient: string, requestId: string | undefined): void {
  const bearers = Subject[0].SubjectConfirmation.filter(
    ({ $ }) => $.Method === 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
  ).map(({ SubjectConfirmationData }) => SubjectConfirmationData?.[0].$ ?? {})
  const answers = bearers.filter((data) => data.InResponseTo === requestId)
  if (answers.length === 0) throw invalid('The assertion answers another request.')
  const here = answers.filter((data) => data.Recipient === recipient)
  if (here.length === 0) {
    throw new SignInRefusal(
      'invalid_assertion_url',
      `The assertion is for another recipient. Set the assertion consumer URL to ${recipient}.`,
    )
  }
  const open = ({ NotOnOrAfter }: Record<string, string>) =>
    NotOnOrAfter !== undefined && Date.parse(NotOnOrAfter) > Date.now() - 60_000
  if (!here.some(open)) throw expired()
}

function identityOf(nameId: string | undefined, attributes: unknown, mapping: Record<string, string>) {
  const asserted = assertedAttributes(Object(attributes), mapping)
  const email = asserted.email ?? (mapping.email === undefined ? nameId?.trim() : undefined)
  const about = { sub: nameId, email: email?.toLowerCase(), raw: Object(attributes) }
  const identity = AssertedIdentity.safeParse({ ...asserted, ...about })
  if (identity.success) return identity.data
  throw new SignInRefusal(
    'mandatory_attribute_missing',
    mapping.email === undefined
      ? 'The assertion has no e-mail address: send it as the attribute email, or as the name ID.'
      : 'The assertion has no e-mail address in the attribute that the connection maps to email.',
  )
}

/** The documented error of what the library refuses, by its message. */
function refusalOf(cause: unknown): SignInRefusal {
  const text = cause instanceof Error ? cause.message : ''
  if (/expired|subject confirmation|not yet valid/i.test(text)) return expired(cause)
  if (/signature/i.test(text)) {
    return new SignInRefusal(
      'signature_validation_failed',
      'The SAML response is not signed with the certificate of the connection.',
      { cause },
    )
  }
  return invalid('The SAML response of the identity provider is not valid.', cause)
}

function expired(cause?: unknown): SignInRefusal {
  return new SignInRefusal(
    'assertion_expired',
    'The assertion has expired or is not valid yet. Check the clocks.',
    { cause },
  )
}

function invalid(message: string, cause?: unknown): SignInRefusal {
  return new SignInRefusal('invalid_saml_response', message, { cause })
}
