import { webcrypto } from 'node:crypto'

/** More than a local environment has realms, so that no two of its realms have the same key. */
const PAIRS = 4

type Generate = (
  ...args: Parameters<typeof webcrypto.subtle.generateKey>
) => Promise<webcrypto.CryptoKey | webcrypto.CryptoKeyPair>

/**
 * Every local environment generates an RSA key for each of its realms at the first token: up to a second each, and on
 * a busy machine longer than a server waits for a token. In tests, environments get these key pairs in turn, under
 * new key ids.
 */
async function reuse(generate: Generate): Promise<Generate> {
  const rsa = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  }
  const pairs = await Promise.all(
    Array.from({ length: PAIRS }, () => generate(rsa, true, ['sign', 'verify'])),
  )
  let next = 0
  return async (algorithm, extractable, usages) => {
    const pair = pairs[next % PAIRS]
    const fits = typeof algorithm !== 'string' && algorithm.name === rsa.name && extractable
    if (!pair || !fits) return generate(algorithm, extractable, usages)
    next++
    return pair
  }
}

// Vitest runs a setup file before each test file of a thread.
const { subtle } = webcrypto
if (!Object.hasOwn(subtle, 'generateKey')) {
  const generate = subtle.generateKey.bind(subtle) as Generate
  Object.defineProperty(subtle, 'generateKey', { value: await reuse(generate) })
}
