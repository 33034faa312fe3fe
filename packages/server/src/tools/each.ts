import * as z from 'zod'
import { type ToolErrorCode, toToolError } from '../errors.js'
import type { ToolContext } from '../tool.js'

/** Why one of several items failed, with the fields of a failed call. */
export const itemError = z
  .object({ code: z.string(), message: z.string(), nextStep: z.string() })
  .optional()
  .describe('Why this item failed; the others are not affected.')

export interface Failed {
  readonly error: z.output<typeof itemError>
}

/** The most items that a tool takes at once. */
export const MOST_ITEMS = 20

/** A call has a few seconds; Scalekit limits the rate of requests. */
const AT_ONCE = 5

/**
 * Does the same for each item, a few at once. An item that fails does not stop the others; its place has the error.
 *
 * @param what the work, for a client that shows progress
 * @throws ToolError what is wrong with the call as a whole, like a permission that is missing
 */
export async function each<Item, Done>(
  items: readonly Item[],
  progress: ToolContext['progress'],
  what: string,
  step: (item: Item) => Promise<Done>,
): Promise<(Done | Failed)[]> {
  const results: (Done | Failed)[] = []
  const waiting = items.entries()
  let done = 0
  const work = async () => {
    for (const [index, item] of waiting) {
      const [result] = await Promise.allSettled([step(item)])
      results[index] = result.status === 'fulfilled' ? result.value : failed(result.reason)
      progress(++done, what, items.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return results
}

/** What is wrong with the call, and so with every item of it. */
const ofTheCall: ReadonlySet<ToolErrorCode> = new Set([
  'invalid_token',
  'permission_denied',
  'environment_not_available',
  'tool_not_available',
  'audit_unavailable',
])

function failed(cause: unknown): Failed {
  const error = toToolError(cause)
  if (ofTheCall.has(error.code)) throw error
  const { code, message, nextStep } = error
  return { error: { code, message, nextStep } }
}
