import type { Interceptor } from '@connectrpc/connect'
import { answerStatus } from '@scalekit-mcp/api'

/** The tokens that requests of one party carry. */
export interface Renewal<Token> {
  /** The present token: known, or being issued. */
  readonly current: () => Promise<Token>
  /** Forgets a token, unless another call has replaced it already. */
  readonly drop: (token: Token) => void
  /** What a call fails with when a new token is refused too. */
  readonly refusal: (cause: unknown) => unknown
}

/**
 * A token can end before its time: its session ended, or its key was rotated. A request that the API answers with 401 is sent
 * again with a new token, once. A write may be sent again too, because it was refused before it changed anything.
 */
export function renewToken<Token>({ current, drop, refusal }: Renewal<Token>): Interceptor {
  return (next) => async (request) => {
    const used = await current()
    try {
      return await next(request)
    } catch (error) {
      if (!isUnauthenticated(error)) throw error
      drop(used)
    }
    const renewed = await current()
    try {
      return await next(request)
    } catch (error) {
      if (!isUnauthenticated(error)) throw error
      drop(renewed)
      throw refusal(error)
    }
  }
}

/** The API answered 401, whatever code its body has. */
export function isUnauthenticated(error: unknown): boolean {
  return answerStatus(error) === 401
}
