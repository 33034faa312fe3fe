import { type Dispatcher, request } from 'undici'

const REMEMBERED_MS = 10_000

/**
 * Whether the API answers at all, with whatever status. Asked at most every ten seconds, however often readiness is
 * read, and only told: taking every replica out of service would not bring the API back.
 */
export function createReachability(url: string, dispatcher: Dispatcher): () => Promise<boolean> {
  let known: Promise<boolean> = Promise.resolve(false)
  let askedAt = Number.NEGATIVE_INFINITY
  const ask = () =>
    request(url, { method: 'HEAD', dispatcher, signal: AbortSignal.timeout(1_000) }).then(
      async ({ body }) => {
        await body.dump()
        return true
      },
      () => false,
    )
  return () => {
    if (performance.now() - askedAt > REMEMBERED_MS) {
      askedAt = performance.now()
      known = ask()
    }
    return known
  }
}
