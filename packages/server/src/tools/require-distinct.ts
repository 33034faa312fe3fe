import { ToolError } from '../errors.js'

/**
 * Refuses a list in which two items mean the same object.
 *
 * @param argument the name of the list
 * @param keys what each item means; `undefined` for one that cannot be the same as another
 * @throws ToolError `invalid_arguments` that says which two
 */
export function requireDistinct(argument: string, keys: readonly (string | undefined)[]): void {
  const again = keys.findIndex((key, index) => key !== undefined && keys.indexOf(key) < index)
  if (again === -1) return
  const first = keys.indexOf(keys[again])
  throw new ToolError(
    'invalid_arguments',
    `${argument}: Items ${first + 1} and ${again + 1} are the same. Give each one once.`,
  )
}
