import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { digestOf } from '../call/digest.js'
import {
  createIdempotency,
  DAY_MS,
  type Idempotency,
  idempotencyId,
  keyConflict,
  nothingHappened,
  repeatFailure,
} from '../call/idempotency.js'
import { ToolError, type ToolErrorCode, toToolError } from '../errors.js'
import type { ValueSeal } from './sealed-value.js'

type Output = Record<string, unknown>

type Entry =
  | { readonly digest: string; readonly state: 'running' }
  | { readonly digest: string; readonly state: 'done'; readonly output: Output }
  | {
      readonly digest: string
      readonly state: 'failed'
      readonly code: ToolErrorCode
      readonly message: string
    }

const POLL_MS = 50
/** A call ends within 5.5 seconds: a create that still runs after this has lost its replica. */
const LOST_MS = 10_000

/**
 * First results of creates, the same on every replica: a key is claimed in Redis before the create goes out, and its
 * result is put there. Without Redis a replica repeats what it did itself and refuses other keys, because only one
 * create per key is what a key is for.
 */
export function createSharedIdempotency(client: Redis, values: ValueSeal): Idempotency {
  const own = createIdempotency()

  const claim = async (name: string, digest: string): Promise<boolean> => {
    const running = values.seal(name, { digest, state: 'running' } satisfies Entry)
    return (await client.set(name, running, 'PX', DAY_MS, 'NX')) === 'OK'
  }

  /** Lost when Redis goes meanwhile: this replica remembers, the others then call the outcome unknown. */
  const keep = (name: string, entry: Entry): Promise<unknown> =>
    client.set(name, values.seal(name, entry), 'PX', DAY_MS).catch(() => undefined)

  const runFirst = async (name: string, digest: string, run: () => Promise<Output>): Promise<Output> => {
    try {
      const output = await run()
      await keep(name, { digest, state: 'done', output })
      return output
    } catch (cause) {
      const { code, message } = toToolError(cause)
      if (nothingHappened.has(code)) await client.del(name).catch(() => undefined)
      else await keep(name, { digest, state: 'failed', code, message })
      throw cause
    }
  }

  /** Another replica has the key: its result, once it is there. */
  const repeat = async (name: string, digest: string): Promise<Output> => {
    for (;;) {
      const [sealed, left] = await Promise.all([client.get(name), client.pttl(name)])
      const entry = sealed === null ? undefined : (values.open(name, sealed) as Entry | undefined)
      if (!entry) throw unavailable(new Error('The claim of another replica has gone or cannot be read'))
      if (entry.digest !== digest) {
        throw keyConflict()
      }
      if (entry.state === 'done') return entry.output
      if (entry.state === 'failed') repeatFailure(new ToolError(entry.code, entry.message))
      if (DAY_MS - left > LOST_MS) {
        repeatFailure(new ToolError('upstream_timeout', 'How the first call with this key ended is unknown.'))
      }
      await sleep(POLL_MS)
    }
  }

  const repeatThere = (name: string, digest: string) =>
    repeat(name, digest).catch((cause: unknown) => {
      throw cause instanceof ToolError ? cause : unavailable(cause)
    })

  return {
    async repeated(caller, tool, key, args) {
      if (key === undefined) return undefined
      const here = await own.repeated(caller, tool, key, args)
      if (here) return here
      const name = nameOf(caller, tool, key)
      const isKnown = await client.exists(name).catch((cause: unknown) => {
        throw unavailable(cause)
      })
      return isKnown ? repeatThere(name, digestOf(args)) : undefined
    },
    async once(caller, tool, key, args, run) {
      if (key === undefined) return run()
      const name = nameOf(caller, tool, key)
      return own.once(caller, tool, key, args, async () => {
        const digest = digestOf(args)
        const isFirst = await claim(name, digest).catch((cause: unknown) => {
          throw unavailable(cause)
        })
        if (isFirst) return runFirst(name, digest, run)
        return repeatThere(name, digest)
      })
    },
  }
}

const nameOf = (...key: Parameters<typeof idempotencyId>) => `scalekit-mcp:once:${idempotencyId(...key)}`

function unavailable(cause: unknown): ToolError {
  return new ToolError('idempotency_unavailable', 'The memory of idempotency keys is out of reach.', {
    cause,
  })
}
