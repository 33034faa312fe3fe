import { randomBytes } from 'node:crypto'
import { createRequestStateCodec, type ServerContext } from '@modelcontextprotocol/server'
import type { Caller, Secret } from '@scalekit-mcp/auth'
import { identityOf, isCanonical } from '@scalekit-mcp/auth/server'
import { timeouts } from '../../config/timeouts.js'
import type { RoundSeal, RoundState } from './interaction.js'

/** How long a person has to answer. */
export const ROUND_SECONDS = timeouts.answer / 1000

/**
 * Creates the seal of what passes between two rounds of a call: bound to the caller and their session at the authorization
 * server (`sid`), valid for five minutes (MCP 2026-07-28, multi-round-trip requests, server requirements 4 and 5). Replicas need
 * the same key and one memory of used answers (Redis): without it, each process has a key of its own, so that an answer cannot be
 * used once in each.
 */
export function createRoundSeal(key: Secret | undefined): RoundSeal {
  const codec = createRequestStateCodec<RoundState>({
    key: key?.reveal() ?? randomBytes(32),
    ttlSeconds: ROUND_SECONDS,
    bind: ({ http }: ServerContext) => String(http?.authInfo?.extra?.owner),
  })
  return {
    mint: (state, caller) => codec.mint(state, ownedBy(caller)),
    verify: async (text, caller) => {
      if (!isCanonical(text.slice(text.lastIndexOf('.') + 1))) throw new Error('malformed')
      return codec.verify(text, ownedBy(caller))
    },
  }
}

/** The codec binds to what the SDK hands to handlers; of that it reads only this. */
function ownedBy(caller: Caller): ServerContext {
  const owner = JSON.stringify([...identityOf(caller), caller.claims.sid])
  return { http: { authInfo: { extra: { owner } } } } as unknown as ServerContext
}
