import type { RevocationStore } from '@scalekit-mcp/auth'
import type { Redis } from 'ioredis'
import { digestOf } from '../call/digest.js'

const keyOf = (name: string) => `scalekit-mcp:revoked:${digestOf(name)}`

/** Tokens that one replica was told are revoked, for the others. Without Redis each asks for itself. */
export function createSharedRevocations(client: Redis): RevocationStore {
  return {
    isRevoked: (name) =>
      client.exists(keyOf(name)).then(
        (count) => count === 1,
        () => false,
      ),
    async revoke(name, until) {
      const left = Math.ceil(until - Date.now())
      if (left > 0) await client.set(keyOf(name), '1', 'PX', left).catch(() => undefined)
    },
  }
}
