import { ToolError } from '../errors.js'

/**
 * Refuses an update that says nothing.
 *
 * @param changes the optional arguments of the update
 * @throws ToolError `invalid_arguments` that names them
 */
export function requireChange(changes: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  if (names.some((name) => changes[name] !== undefined)) return
  throw new ToolError(
    'invalid_arguments',
    `Give at least one of ${names.join(', ')}. null and an empty text count as left out.`,
  )
}
