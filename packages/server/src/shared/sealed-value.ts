import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '@scalekit-mcp/auth'

export interface ValueSeal {
  seal(name: string, value: unknown): string
  /** @returns undefined for what was not sealed with this key under this name */
  open(name: string, sealed: string): unknown
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Encrypts what leaves the process for a shared store (AES-256-GCM): results hold customers' data, and a value is good
 * under its own name only. The text can be part of a header or a URL.
 */
export function createValueSeal(key: Secret): ValueSeal {
  const secret = Buffer.from(hkdfSync('sha256', key.reveal(), '', 'shared values', 32))
  return {
    seal(name, value) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(name))
      const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')
    },
    open(name, sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      const nonce = bytes.subarray(0, NONCE_BYTES)
      try {
        const decipher = createDecipheriv('aes-256-gcm', secret, nonce)
          .setAAD(Buffer.from(name))
          .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
        const text = Buffer.concat([
          decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
          decipher.final(),
        ])
        return JSON.parse(text.toString('utf8'))
      } catch {
        return undefined
      }
    },
  }
}
