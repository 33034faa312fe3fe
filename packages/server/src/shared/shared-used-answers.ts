import type { Redis } from 'ioredis'
import type { UsedAnswers } from '../call/interaction/confirm.js'
import { ROUND_SECONDS } from '../call/interaction/round-seal.js'
import { ToolError } from '../errors.js'

/** The same on every replica: the first to claim the nonce in Redis has used it. Without Redis no answer is accepted. */
export function createSharedUsedAnswers(client: Redis): UsedAnswers {
  return {
    async use(nonce) {
      try {
        return (await client.set(`scalekit-mcp:answer:${nonce}`, '', 'EX', ROUND_SECONDS, 'NX')) === 'OK'
      } catch (cause) {
        throw new ToolError('confirmation_unavailable', 'The memory of used confirmations is out of reach.', {
          nextStep: 'Nothing was changed. Call again in a few seconds, and let the user confirm again.',
          cause,
        })
      }
    },
  }
}
