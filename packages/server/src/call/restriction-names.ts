/** What the query of a URL can restrict. */
export const restrictions = ['toolsets', 'readonly', 'environment'] as const
type Restriction = (typeof restrictions)[number]

/** Other words for a restriction, without case and separators. `amp;` is left of `&amp;`, copied from a page. */
const otherWords: readonly [RegExp, Restriction][] = [
  [/^(amp)?(read|ro$|write|nowrite)|readonly|onlyread|viewonly/, 'readonly'],
  [/^(amp)?(exclude|include)?tool|toolset/, 'toolsets'],
  [/^(amp)?env|environment/, 'environment'],
]

/** The restriction that a parameter stands for: in another case, with separators, in other words, or up to two letters off. */
export function restrictionMeantBy(key: string): Restriction | undefined {
  const plain = key
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z]/g, '')
  const [, meant] = otherWords.find(([word]) => word.test(plain)) ?? []
  return meant ?? restrictions.find((restriction) => isWithinTwoEdits(plain, restriction))
}

/** A restriction in the value of another parameter: `?mode=readonly`, or `?x=1;readonly=true` with the wrong separator. */
export function restrictionInValue(key: string, value: string): Restriction | undefined {
  if (restrictions.some((restriction) => restriction === key)) return undefined
  const [, word] = /(read[^a-z]?only|toolsets?|environment)(?:=|$)/i.exec(value.normalize('NFKC')) ?? []
  return word === undefined ? undefined : restrictionMeantBy(word)
}

/** Levenshtein distance of at most two, on the short names of parameters. */
function isWithinTwoEdits(given: string, wanted: string): boolean {
  if (Math.abs(given.length - wanted.length) > 2) return false
  let row = Array.from({ length: wanted.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...given].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...wanted].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return (row[wanted.length] ?? 3) <= 2
}
