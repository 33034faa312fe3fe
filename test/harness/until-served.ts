/**
 * Sends a request until the server accepts it. On a busy machine the keys or the API can miss a deadline of the server:
 * then the answer is 503 with Retry-After, and nothing was done.
 *
 * @param missed what such an answer has in its text
 */
export async function untilServed<Answer>(send: () => Promise<Answer>, missed = /\b503\b/): Promise<Answer> {
  for (;;) {
    try {
      return await send()
    } catch (error) {
      if (!missed.test(String(error))) throw error
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}
