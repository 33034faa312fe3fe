/** A value of an enum of the API from the name that a column holds. */
export function enumOf<Value extends number>(names: Readonly<Record<string, string | Value>>, name: string) {
  const value = names[name]
  return typeof value === 'number' ? value : undefined
}
