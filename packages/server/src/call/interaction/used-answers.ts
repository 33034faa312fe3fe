import type { UsedAnswers } from './confirm.js'
import { ROUND_SECONDS } from './round-seal.js'

/** Remembers in this process. Every nonce comes from a question that this server sealed, so callers cannot fill it at will. */
export function createUsedAnswers(): UsedAnswers {
  const expiries = new Map<string, number>()
  return {
    async use(nonce) {
      const now = Date.now()
      for (const [old, expiry] of expiries) {
        if (expiry > now) break
        expiries.delete(old)
      }
      if (expiries.has(nonce)) return false
      expiries.set(nonce, now + ROUND_SECONDS * 1000)
      return true
    },
  }
}
