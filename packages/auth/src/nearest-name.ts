/** How many characters of a name may differ. */
const MAX_DISTANCE = 2

/** The name that somebody meant who wrote another one: the same but for its case, its end, or two characters. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const lower = written.toLowerCase()
  const isLonger = (name: string) => name.startsWith(lower) || lower.startsWith(name)
  return (
    names.find((name) => isLonger(name.toLowerCase())) ??
    names.find((name) => distanceOf(lower, name.toLowerCase()) <= MAX_DISTANCE)
  )
}

/** Levenshtein's distance, a row at a time. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (character === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
