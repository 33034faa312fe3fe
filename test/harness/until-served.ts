/**
 * Sends a request until the server accepts it. On a busy machine the keys or the API can miss a deadline of the server:
 * then the answer is 503 with Retry-After, and nothing was done.
 */
export async function untilServed<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await send()
    } catch (error) {
      if (!/\b503\b/.test(String(error))) throw error
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}
