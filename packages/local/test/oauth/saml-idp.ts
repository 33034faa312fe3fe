import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { signXml } from '@node-saml/node-saml/lib/xml.js'
import { encryptAssertion } from '../../src/oauth/simulator/encrypt-assertion.js'
import { certificateOfKey } from '../../src/tls/self-signed.js'

/** What an identity provider says, with what it can get wrong or do in bad faith. */
export interface Said {
  email?: string
  issuer?: string
  audience?: string
  recipient?: string
  method?: string
  inResponseTo?: string
  /** `InResponseTo` of the subject confirmation alone; null for none. */
  confirmedFor?: string | null
  validForMs?: number
  signed?: 'assertion' | 'response' | 'nothing'
  key?: 'own' | 'another'
  digest?: 'sha1' | 'sha256'
  /** Attributes by their names. */
  attributes?: Record<string, string | string[]>
  /** Whether the response answers no request. */
  unsolicited?: boolean
  /** The status codes, the outer one first, and the message. */
  status?: { codes: string[]; message?: string }
  /** The certificate to which the assertion is encrypted. */
  encryptTo?: string
  /** Changes the XML after it was signed. */
  tamper?: (xml: string) => string
}

/** A request of ours, as an identity provider reads it from the URL. */
export interface Asked {
  id: string
  recipient: string
  audience: string
  relayState: string
}

/** The AuthnRequest in a URL (SAML 2.0 Bindings, section 3.4.4.1). */
export function requestXml(url: string): string {
  const { searchParams } = new URL(url)
  return inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString()
}

export function readRequest(url: string): Asked {
  const xml = requestXml(url)
  const find = (pattern: RegExp) => pattern.exec(xml)?.[1] ?? ''
  return {
    id: find(/ ID="([^"]+)"/),
    recipient: find(/AssertionConsumerServiceURL="([^"]+)"/),
    audience: find(/<saml:Issuer[^>]*>([^<]+)</),
    relayState: new URL(url).searchParams.get('RelayState') ?? '',
  }
}

/** An identity provider of a company that is not ours: its keys, and responses with any fault. */
export function createSamlIdp(entityId: string) {
  const keys = { own: newKey(), another: newKey() }
  const certificate = certificateOfKey(createPrivateKey(keys.own)).toString('base64')

  function respond(asked: Asked, said: Said = {}): string {
    const { signed = 'assertion', key = 'own', digest = 'sha256', tamper = (xml: string) => xml } = said
    if (said.status !== undefined) return base64(refusalOf(entityId, asked, said.status))
    const xml = responseOf(entityId, asked, said)
    if (signed === 'nothing') return base64(tamper(xml))
    const element = `/*[local-name(.)='Response']${signed === 'assertion' ? "/*[local-name(.)='Assertion']" : ''}`
    const location = { reference: `${element}/*[local-name(.)='Issuer']`, action: 'after' } as const
    const signing = { privateKey: keys[key], signatureAlgorithm: digest, digestAlgorithm: digest }
    const signedXml = signXml(xml, element, location, signing)
    return base64(
      tamper(said.encryptTo === undefined ? signedXml : encryptAssertion(signedXml, said.encryptTo)),
    )
  }
  return { entityId, certificate, respond }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function base64(xml: string): string {
  return Buffer.from(xml).toString('base64')
}

function refusalOf(entityId: string, asked: Asked, { codes, message }: NonNullable<Said['status']>): string {
  const nested = codes.reduceRight(
    (inner, code) =>
      `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${code}">${inner}</samlp:StatusCode>`,
    '',
  )
  const text = message === undefined ? '' : `<samlp:StatusMessage>${message}</samlp:StatusMessage>`
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${asked.recipient}" InResponseTo="${asked.id}"><saml:Issuer>${entityId}</saml:Issuer><samlp:Status>${nested}${text}</samlp:Status></samlp:Response>`
}

function attributesOf(attributes: Record<string, string | string[]>): string {
  const all = Object.entries(attributes).map(([name, values]) => {
    const texts = [values].flat().map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`)
    return `<saml:Attribute Name="${name}">${texts.join('')}</saml:Attribute>`
  })
  return all.length === 0 ? '' : `<saml:AttributeStatement>${all.join('')}</saml:AttributeStatement>`
}

function responseOf(entityId: string, asked: Asked, said: Said): string {
  const now = new Date().toISOString()
  const until = new Date(Date.now() + (said.validForMs ?? 60_000)).toISOString()
  const answers = said.inResponseTo ?? asked.id
  const confirmed = said.confirmedFor === undefined ? answers : said.confirmedFor
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id('response')}" Version="2.0" IssueInstant="${now}" Destination="${asked.recipient}"${said.unsolicited ? '' : ` InResponseTo="${answers}"`}><saml:Issuer>${said.issuer ?? entityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion ID="${id('assertion')}" Version="2.0" IssueInstant="${now}"><saml:Issuer>${said.issuer ?? entityId}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${said.email ?? 'ana@acme.example'}</saml:NameID><saml:SubjectConfirmation Method="${said.method ?? 'urn:oasis:names:tc:SAML:2.0:cm:bearer'}"><saml:SubjectConfirmationData NotOnOrAfter="${until}" Recipient="${said.recipient ?? asked.recipient}"${confirmed === null || said.unsolicited ? '' : ` InResponseTo="${confirmed}"`}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${now}" NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${said.audience ?? asked.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${now}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>${attributesOf(said.attributes ?? {})}</saml:Assertion></samlp:Response>`
}

function id(text: string): string {
  return `_${createHash('sha256').update(`${text} ${Math.random()}`).digest('hex').slice(0, 32)}`
}
