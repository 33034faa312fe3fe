import type { Redis } from 'ioredis'
import { ToolError } from '../errors.js'
import type { KeyValue } from './key-value.js'
import type { ValueSeal } from './sealed-value.js'

/**
 * In Redis, sealed: values hold what people confirm, and tokens. Without Redis nobody can be waited for.
 *
 * Every method throws ToolError `confirmation_unavailable` while Redis is gone.
 */
export function createSharedKeyValue(client: Redis, values: ValueSeal): KeyValue {
  const keyOf = (key: string) => `scalekit-mcp:${key}`
  return {
    async add(key, value, ms) {
      const sealed = values.seal(key, value)
      return (await client.set(keyOf(key), sealed, 'PX', ms, 'NX').catch(unreachable)) === 'OK'
    },
    async put(key, value, ms) {
      await client.set(keyOf(key), values.seal(key, value), 'PX', ms).catch(unreachable)
    },
    async get(key) {
      const sealed = await client.get(keyOf(key)).catch(unreachable)
      return sealed === null ? undefined : values.open(key, sealed)
    },
    async delete(key) {
      return (await client.del(keyOf(key)).catch(unreachable)) === 1
    },
  }
}

function unreachable(cause: unknown): never {
  throw new ToolError('confirmation_unavailable', 'The memory that replicas share is out of reach.', {
    nextStep: 'Nothing was changed. Call again in a few seconds.',
    cause,
  })
}
