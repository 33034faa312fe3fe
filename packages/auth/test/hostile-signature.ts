import {
  constants,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  type VerifyKeyObjectInput,
} from 'node:crypto'
import { ecKey, newKey, rsaKey } from './authority.js'
import { UnknownName } from './hostile-unknown-name.js'

const attackerKey = newKey('attacker-1', 'RS256')

/** Who signs. The authorization server publishes `as` and `as-es256`. */
const signers: Readonly<Record<string, KeyObject>> = {
  as: rsaKey.privateKey,
  'as-es256': ecKey.privateKey,
  attacker: attackerKey.privateKey,
  'other-env': newKey('env2-1', 'RS256').privateKey,
  withdrawn: newKey('withdrawn-1', 'RS256').privateKey,
}

/** Keys of the other types, for an algorithm that the signer's own key cannot serve. */
const otherKeys: Readonly<Record<string, KeyObject>> = {
  rsa: attackerKey.privateKey,
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  ed25519: generateKeyPairSync('ed25519').privateKey,
}

/** RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864: the type of key that an algorithm signs with. */
const keyTypes: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [alg, 'rsa'])),
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'ed25519',
  Ed25519: 'ed25519',
}

/** A key of the grammar as the JWK that a header can carry: `attacker_jwk`. */
export const jwkNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(signers).map(([name, key]) => [
    `${name.replaceAll('-', '_')}_jwk`,
    JSON.stringify({ ...createPublicKey(pemOf(key)).export({ format: 'jwk' }), kid: `${name}-1` }),
  ]),
)

/** What `key: "hmac:NAME"` signs with: what an attacker can make of the public key (RFC 8725 section 2.1). */
export const hmacSecrets: Readonly<Record<string, () => string | Buffer>> = {
  'spki-pem': spkiPem,
  'spki-pem-nonl': () => spkiPem().trimEnd(),
  'spki-der': () => publicKey().export({ type: 'spki', format: 'der' }),
  'jwk-n': () => publicKey().export({ format: 'jwk' }).n ?? '',
  'jwk-json': () => JSON.stringify(publicKey().export({ format: 'jwk' })),
  empty: () => '',
  'client-secret': () => 'test_local_secret',
}

/**
 * The signature of a JWS signing input. `alg` is the algorithm that signs; one that nothing implements is signed with the
 * algorithm of the key. @throws UnknownName
 */
export function signatureOf(input: string, key: string, alg: string | undefined): string {
  return rawSignature(input, key, alg).toString('base64url')
}

function rawSignature(input: string, key: string, alg: string | undefined): Buffer {
  if (key === 'none') return Buffer.alloc(0)
  if (key === 'zero64') return Buffer.alloc(64)
  if (key.startsWith('hmac:')) {
    const secret = hmacSecrets[key.slice('hmac:'.length)]
    if (!secret) throw new UnknownName('key', key)
    return createHmac(digestOf(alg), secret()).update(input).digest()
  }
  const own = signers[key.replace(/-der$/, '')]
  if (!own) throw new UnknownName('key', key)
  const type = keyTypes[alg ?? ''] ?? typeOf(own)
  const fitting = type === typeOf(own) ? own : otherKeys[type]
  if (!fitting) throw new UnknownName('algorithm', String(alg))
  return sign(type === 'ed25519' ? null : digestOf(alg), Buffer.from(input), {
    key: fitting,
    dsaEncoding: key.endsWith('-der') ? 'der' : 'ieee-p1363',
    ...paddingOf(alg),
  } satisfies VerifyKeyObjectInput)
}

const digestOf = (alg = '') => `sha${/(256|384|512)$/.exec(alg)?.[1] ?? '256'}`

/** RFC 7518 section 3.5: the salt has the size of the hash. */
function paddingOf(alg = ''): { padding?: number; saltLength?: number } {
  if (!/^PS(256|384|512)$/.test(alg)) return {}
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(alg.slice(2)) / 8 }
}

function typeOf(key: KeyObject): string {
  return key.asymmetricKeyType === 'rsa' ? 'rsa' : 'P-256'
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

const publicKey = () => createPublicKey(pemOf(rsaKey.privateKey))

function spkiPem(): string {
  return publicKey().export({ type: 'spki', format: 'pem' }) as string
}
