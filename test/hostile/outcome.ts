/** How one case ended: no problems, no failure. */
export interface Outcome {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly problems: readonly string[]
  /** What was measured: seconds until a slow client was let go, or megabytes that memory grew by. */
  readonly figure?: number
}

/** One line for each case that failed, and the sum. */
export function report(outcomes: readonly Outcome[]): { readonly text: string; readonly failed: number } {
  const failures = outcomes.filter(({ problems }) => problems.length > 0)
  const lines = failures.map(({ id, name, problems }) =>
    `FAIL ${id} ${name}: ${problems.join('; ')}`.replaceAll(/\s+/g, ' ').slice(0, 2_000),
  )
  const sum = `${outcomes.length - failures.length} passed, ${failures.length} failed`
  return { text: [...lines, sum, ''].join('\n'), failed: failures.length }
}
