import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { bits, critical, der, integer, objectId, octets, sequence, set, text, time } from './der.js'

const DAY_MS = 24 * 3600 * 1000
/** What clients accept at most (Apple's limit for certificates that a user trusts). */
const VALID_DAYS = 820

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))

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
  const signed = toBeSigned(publicKey, now)
  const certificate = sequence(signed, ECDSA_WITH_SHA256, bits(sign('sha256', signed, privateKey)))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  }
}

/** RFC 5280, section 4.1.2. */
function toBeSigned(publicKey: KeyObject, now: Date): Buffer {
  const name = sequence(set(sequence(objectId('2.5.4.3'), text('Local Scalekit environment'))))
  const from = new Date(now.getTime() - DAY_MS)
  const until = new Date(now.getTime() + VALID_DAYS * DAY_MS)
  return sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions())),
  )
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
