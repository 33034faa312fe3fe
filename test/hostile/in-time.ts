/** The problems that a case finds. What it throws, and no end before the deadline, are problems too. */
export async function problemsInTime<Found extends { readonly problems: readonly string[] }>(
  run: () => Promise<Found>,
  deadlineMs: number,
): Promise<Found | { readonly problems: readonly string[] }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<{ problems: string[] }>((resolve) => {
    timer = setTimeout(() => resolve({ problems: [`no end within ${deadlineMs} ms`] }), deadlineMs)
  })
  try {
    return await Promise.race([run(), late])
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] }
  } finally {
    clearTimeout(timer)
  }
}
