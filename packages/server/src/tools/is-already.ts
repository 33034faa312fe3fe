/**
 * Whether an object has every value that a call gives. The order of a list has no meaning.
 *
 * @param wanted `undefined`: stays as it is
 */
export function isAlready(
  present: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => value === undefined || comparable(value) === comparable(present[name]),
  )
}

const comparable = (value: unknown) =>
  JSON.stringify(Array.isArray(value) ? value.map((each) => JSON.stringify(each)).sort() : value)
