import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { bits, critical, der, integer, objectId, octets, sequence, set, text, time } from './der.js'

const DAY_MS = 24 * 3600 * 1000
/** What clients accept at most (Apple's limit for certificates that a user trusts). */
const VALID_DAYS = 820

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))
// RFC 4055, section 5: with parameters that are NULL.
const RSA_WITH_SHA256 = sequence(objectId('1.2.840.113549.1.1.11'), der(0x05))

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/**
 * A certificate for this machine's loopback names, signed by its own key (RFC 5280). It is no authority: who trusts
 * it trusts this one server, and its key can vouch for nothing else.
 */
export function createCertificate(now: Date): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const from = new Date(now.getTime() - DAY_MS)
  const until = new Date(now.getTime() + VALID_DAYS * DAY_MS)
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)])
  const facts = { publicKey, serial, from, until, extensions: extensions() }
  const certificate = selfSigned(privateKey, ECDSA_WITH_SHA256, facts)
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  }
}

/**
 * What carries the key of a signature where a certificate is the form for that, as in SAML: the same one at any time
 * for the same RSA key. Nobody reads more of it than the key.
 */
export function certificateOfKey(privateKey: KeyObject): Buffer {
  const publicKey = createPublicKey(privateKey)
  const digest = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
  const serial = Buffer.concat([Buffer.from([1]), digest.subarray(0, 15)])
  const [from, until] = [new Date('2020-01-01'), new Date('2050-01-01')]
  return selfSigned(privateKey, RSA_WITH_SHA256, { publicKey, serial, from, until, extensions: [] })
}

interface Facts {
  publicKey: KeyObject
  serial: Buffer
  from: Date
  until: Date
  extensions: Buffer[]
}

/** RFC 5280, section 4.1. */
function selfSigned(privateKey: KeyObject, algorithm: Buffer, { publicKey, ...facts }: Facts): Buffer {
  const name = sequence(set(sequence(objectId('2.5.4.3'), text('Local Scalekit environment'))))
  const signed = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(facts.serial),
    algorithm,
    name,
    sequence(time(facts.from), time(facts.until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(facts.extensions.length > 0 ? [der(0xa3, sequence(...facts.extensions))] : []),
  )
  return sequence(signed, algorithm, bits(sign('sha256', signed, privateKey)))
}

/** RFC 5280, section 4.2.1: no authority, signs handshakes, serves TLS, for `localhost` and its addresses. */
function extensions(): Buffer[] {
  const names = [
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, Buffer.from([...Array<number>(15).fill(0), 1])),
  ]
  return [
    sequence(objectId('2.5.29.19'), critical(), octets(sequence())),
    sequence(objectId('2.5.29.15'), critical(), octets(bits(Buffer.from([0x80]), 7))),
    sequence(objectId('2.5.29.37'), octets(sequence(objectId('1.3.6.1.5.5.7.3.1')))),
    sequence(objectId('2.5.29.17'), octets(sequence(...names))),
  ]
}
