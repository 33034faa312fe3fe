import { webcrypto } from 'node:crypto'

/** More than one local environment has realms, so that no two realms of it have the same key. */
const PAIRS = 8

type Generate = (
  ...args: Parameters<typeof webcrypto.subtle.generateKey>
) => Promise<webcrypto.CryptoKey | webcrypto.CryptoKeyPair>

/**
 * Every local environment generates an RSA key for each of its realms, which takes up to a second. In a test thread
 * only the first environments do: later ones get the same key pairs in turn, under new key ids.
 */
function reuse(generate: Generate): Generate {
  const pairs: ReturnType<Generate>[] = []
  let next = 0
  return (algorithm, extractable, usages) => {
    const isStoredRsaKey = typeof algorithm !== 'string' && algorithm.name.startsWith('RSA') && extractable
    if (!isStoredRsaKey) return generate(algorithm, extractable, usages)
    const at = next++ % PAIRS
    pairs[at] ??= generate(algorithm, extractable, usages)
    return pairs[at]
  }
}

// Vitest runs a setup file before each test file of a thread.
const { subtle } = webcrypto
if (!Object.hasOwn(subtle, 'generateKey')) {
  const generate = subtle.generateKey.bind(subtle) as Generate
  Object.defineProperty(subtle, 'generateKey', { value: reuse(generate) })
}
