import { hash } from 'node:crypto'

export { isUtf8 } from 'node:buffer'
export { isIP } from 'node:net'

// What differs between runtimes, for Node, Deno and Bun; `web.ts` is the other half. package.json chooses under `imports`.

/** The SHA-256 of a text, in base64url. */
export const sha256 = (text: string): string => hash('sha256', text, 'base64url')

export const byteLength = (text: string): number => Buffer.byteLength(text)

export const utf8Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

/** @param encoding as a stream of Node takes it */
export const bytesOf = (text: string, encoding?: string): Uint8Array =>
  Buffer.from(text, encoding as BufferEncoding | undefined)

/** Reads base64url without a complaint about what is not. */
export const decodeBase64url = (text: string): Uint8Array => Buffer.from(text, 'base64url')

/** RFC 4648 section 3.5: the unused bits of the last character are zero, so that one value has one spelling. */
export const isCanonical = (base64url: string): boolean =>
  Buffer.from(base64url, 'base64url').toString('base64url') === base64url

export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

/** Where no log is given: Node prints a warning to stderr, once for each call. */
export function emitWarning(message: string, cause?: unknown): void {
  process.emitWarning(cause === undefined ? message : `${message}: ${cause}`, 'ScalekitAuthWarning')
}
