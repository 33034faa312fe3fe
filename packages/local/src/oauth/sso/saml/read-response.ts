import { z } from 'zod'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import type { SamlLibrary } from './saml-library.js'

const Texts = z.array(z.union([z.string(), z.object({ _: z.string() }).transform(({ _ }) => _)])).catch([])
const Code = z.object({ $: z.object({ Value: z.string() }) })

/** SAML 2.0 Core, section 3.2.2: what a response says before anybody has checked its signature. */
const Response = z.object({
  Response: z.object({
    $: z.object({ InResponseTo: z.string().optional(), Destination: z.string().optional() }),
    Status: z.tuple([
      z.object({
        StatusCode: z.tuple([Code.extend({ StatusCode: z.array(Code).default([]) })]),
        StatusMessage: Texts,
      }),
    ]),
    Assertion: z.array(z.unknown()).default([]),
    EncryptedAssertion: z.array(z.unknown()).default([]),
  }),
})

export interface UnverifiedResponse {
  readonly inResponseTo: string | undefined
  readonly destination: string | undefined
  readonly encrypted: boolean
}

/**
 * Reads what can only end a sign-in or choose how it is checked: nothing here is signed yet. Throws a `SignInRefusal`
 * for what is no response, and with the status of the identity provider when it is not a success.
 */
export async function readResponse(
  { parseXml2JsFromString }: SamlLibrary,
  base64: string,
): Promise<UnverifiedResponse> {
  if (base64 === '') {
    throw new SignInRefusal('invalid_saml_form_params', 'The identity provider posted no SAMLResponse.')
  }
  const xml = Buffer.from(base64, 'base64').toString()
  const read = Response.safeParse(await parseXml2JsFromString(xml).catch(() => undefined))
  if (!read.success) {
    throw new SignInRefusal(
      'malformed_saml_response',
      'The identity provider posted something that is no SAML response.',
    )
  }
  const { $, Status, Assertion, EncryptedAssertion } = read.data.Response
  const [{ StatusCode, StatusMessage }] = Status
  const [code] = StatusCode
  const names = [code, ...code.StatusCode].map((one) =>
    one.$.Value.replace(/^urn:oasis:names:tc:SAML:2.0:status:/, ''),
  )
  if (names[0] !== 'Success') throw invalidStatus(names, StatusMessage[0])
  return {
    inResponseTo: $.InResponseTo,
    destination: $.Destination,
    encrypted: EncryptedAssertion.length > 0 && Assertion.length === 0,
  }
}

function invalidStatus(names: readonly string[], message = ''): SignInRefusal {
  const said = printable(message)
  const detail = said === '' ? '' : `: ${said}`
  return new SignInRefusal(
    'invalid_status',
    `The identity provider answered ${printable(names.join(' / '))}${detail}`,
  )
}

/** An `error_description` has no quotes, backslashes or other scripts (RFC 6749, section 4.1.2.1). */
export function printable(text: string): string {
  return text
    .replace(/["\\]/g, "'")
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200)
}
