/**
 * Sends a call until Scalekit answers it. On a busy machine a call, or the check of its token, can exceed its deadline;
 * then the error says to call again in a few seconds.
 */
export async function untilAnswered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await call()
    if (!/upstream_(timeout|unavailable)|temporarily_unavailable/.test(JSON.stringify(answer))) return answer
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}
