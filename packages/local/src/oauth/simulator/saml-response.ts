import { randomBytes } from 'node:crypto'
import type { SamlLibrary } from '../sso/saml/saml-library.js'
import { encryptAssertion } from './encrypt-assertion.js'
import type { SimulatedError, SimulatedPerson } from './simulated-person.js'

const VALID_MS = 5 * 60_000
const NAMES = {
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  status: 'urn:oasis:names:tc:SAML:2.0:status',
  email: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  bearer: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
  password: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  basic: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
} as const

export interface SamlAnswer {
  issuer: string
  /** Of the service provider: its entity ID, and where it takes assertions. */
  audience: string
  recipient: string
  /** Undefined for a response that nobody asked for. */
  inResponseTo: string | undefined
  /** The certificate to which the service provider wants its assertions encrypted. */
  encryptTo?: string | undefined
}

/** A response that says who signed in, its assertion signed (SAML 2.0 Core, sections 2.3.3 and 3.3.3), in base64. */
export function signedResponse(
  { buildXmlBuilderObject, signXml }: SamlLibrary,
  privateKey: string,
  answer: SamlAnswer,
  person: SimulatedPerson,
): string {
  const issued = time(0)
  const xml = buildXmlBuilderObject(
    {
      'samlp:Response': {
        ...envelope(answer, issued),
        'samlp:Status': { 'samlp:StatusCode': { '@Value': `${NAMES.status}:Success` } },
        'saml:Assertion': {
          '@xmlns:saml': NAMES.saml,
          '@ID': newId(),
          '@Version': '2.0',
          '@IssueInstant': issued,
          'saml:Issuer': { '#text': answer.issuer },
          'saml:Subject': {
            'saml:NameID': { '@Format': NAMES.email, '#text': person.email },
            'saml:SubjectConfirmation': {
              '@Method': NAMES.bearer,
              'saml:SubjectConfirmationData': {
                '@NotOnOrAfter': time(VALID_MS),
                '@Recipient': answer.recipient,
                ...(answer.inResponseTo !== undefined && { '@InResponseTo': answer.inResponseTo }),
              },
            },
          },
          'saml:Conditions': {
            '@NotBefore': issued,
            '@NotOnOrAfter': time(VALID_MS),
            'saml:AudienceRestriction': { 'saml:Audience': { '#text': answer.audience } },
          },
          'saml:AuthnStatement': {
            '@AuthnInstant': issued,
            '@SessionIndex': newId(),
            'saml:AuthnContext': { 'saml:AuthnContextClassRef': { '#text': NAMES.password } },
          },
          'saml:AttributeStatement': { 'saml:Attribute': attributesOf(person) },
        },
      },
    },
    false,
  )
  const assertion = "//*[local-name(.)='Assertion']"
  const afterIssuer = { reference: `${assertion}/*[local-name(.)='Issuer']`, action: 'after' } as const
  const signing = { privateKey, signatureAlgorithm: 'sha256', digestAlgorithm: 'sha256' } as const
  const signed = signXml(xml, assertion, afterIssuer, signing)
  const { encryptTo } = answer
  return Buffer.from(encryptTo === undefined ? signed : encryptAssertion(signed, encryptTo)).toString(
    'base64',
  )
}

/** A response that says that nobody did (section 3.2.2.2), in base64. */
export function refusingResponse(
  { buildXmlBuilderObject }: SamlLibrary,
  answer: SamlAnswer,
  { saml, message }: SimulatedError,
): string {
  const denied = {
    '@Value': `${NAMES.status}:Responder`,
    ...(saml !== undefined && { 'samlp:StatusCode': { '@Value': `${NAMES.status}:${saml}` } }),
  }
  const status = { 'samlp:StatusCode': denied, 'samlp:StatusMessage': { '#text': message } }
  const response = { ...envelope(answer, time(0)), 'samlp:Status': status }
  return Buffer.from(buildXmlBuilderObject({ 'samlp:Response': response }, false)).toString('base64')
}

function envelope({ issuer, recipient, inResponseTo }: SamlAnswer, issued: string) {
  return {
    '@xmlns:samlp': NAMES.samlp,
    '@ID': newId(),
    '@Version': '2.0',
    '@IssueInstant': issued,
    '@Destination': recipient,
    ...(inResponseTo !== undefined && { '@InResponseTo': inResponseTo }),
    'saml:Issuer': { '@xmlns:saml': NAMES.saml, '#text': issuer },
  }
}

function attributesOf({ email, given_name, family_name, groups, custom }: SimulatedPerson) {
  const own = Object.entries(custom).map(([name, value]): [string, string[]] => [name, [value]])
  const known = { email: [email], givenName: [given_name], surname: [family_name], groups }
  return [...Object.entries(known), ...own]
    .map(([name, values]) => [name, values.filter(Boolean)] as const)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => ({
      '@Name': name,
      '@NameFormat': NAMES.basic,
      'saml:AttributeValue': values.map((value) => ({ '#text': value })),
    }))
}

function newId(): string {
  return `_${randomBytes(20).toString('hex')}`
}

function time(after: number): string {
  return new Date(Date.now() + after).toISOString()
}
