/**
 * Sends a call until Scalekit answers it. On a busy machine a call can exceed its deadline; then its error says to call
 * again in a few seconds.
 */
export async function untilAnswered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await call()
    if (!/upstream_(timeout|unavailable)/.test(JSON.stringify(answer))) return answer
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}
