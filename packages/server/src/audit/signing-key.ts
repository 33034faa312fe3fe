import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Position } from './position.js'

/** Signs positions of the chain with Ed25519 (RFC 8032). */
export interface SigningKey {
  /** SPKI in PEM: what verifies, and may be given to anyone. */
  readonly publicKey: string
  sign(position: Position): string
}

/** Reads the private key (PKCS 8, PEM), or makes one where there is none yet. */
export async function loadSigningKey(path: string): Promise<SigningKey> {
  const pem = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return createKeyFile(path)
  })
  const privateKey = createPrivateKey(pem)
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('it is not an Ed25519 key')
  return {
    publicKey: publicKeyOf(privateKey),
    sign: (position) => sign(null, signedBytes(position), privateKey).toString('base64url'),
  }
}

export function publicKeyOf(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()
}

export function isSignedBy(publicKey: KeyObject, position: Position, signature: unknown): boolean {
  if (typeof signature !== 'string' || !/^[\w-]{86}$/.test(signature)) return false
  return verify(null, signedBytes(position), publicKey, Buffer.from(signature, 'base64url'))
}

function signedBytes({ seq, hash }: Position): Buffer {
  return Buffer.from(`scalekit-mcp audit ${seq} ${hash}`)
}

/** A link appears whole or not at all, so that two processes which start at once end up with one key. */
async function createKeyFile(path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const own = `${path}.${process.pid}`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(own, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  await link(own, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(own)
  return readFile(path, 'utf8')
}
