import { sha256 as digest } from '@noble/hashes/sha2.js'
import { base64url } from 'jose'

// What differs between runtimes, with the APIs of the web alone: Workers, and the edge runtime of Next.js. `node.ts` is the other half.

const encoder = new TextEncoder()

/** The SHA-256 of a text, in base64url. */
export const sha256 = (text: string): string => base64url.encode(digest(encoder.encode(text)))

export const byteLength = (text: string): number => encoder.encode(text).byteLength

export const utf8Of = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

/** In UTF-8: streams of the web know no other encoding. */
export const bytesOf = (text: string, _encoding?: string): Uint8Array => encoder.encode(text)

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** @throws Error for what is not base64url */
export const decodeBase64url = (text: string): Uint8Array => base64url.decode(text)

/** RFC 4648 section 3.5: the unused bits of the last character are zero, so that one value has one spelling. */
export function isCanonical(text: string): boolean {
  try {
    return base64url.encode(base64url.decode(text)) === text
  } catch {
    return false
  }
}

const IPV4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/

/** @returns 4, 6, or 0 for what is not an IP address */
export function isIP(text: string): 0 | 4 | 6 {
  if (IPV4.test(text)) return 4
  return /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) && URL.canParse(`http://[${text}]`) ? 6 : 0
}

export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}

/** Where no log is given. */
export function emitWarning(message: string, cause?: unknown): void {
  // biome-ignore lint/suspicious/noConsole: where there is no stderr, this is where a runtime's log begins.
  console.warn(cause === undefined ? message : `${message}: ${cause}`)
}
