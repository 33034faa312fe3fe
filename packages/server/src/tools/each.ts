import { isObject } from '@scalekit-mcp/auth/server'
import * as z from 'zod'
import { messageWithArguments, ToolError, type ToolErrorCode, toolErrors, toToolError } from '../errors.js'
import type { ToolContext } from '../tool.js'

/** Why one of several items failed, with the fields of a failed call. */
export const itemError = z
  .object({ code: z.string(), message: z.string(), nextStep: z.string() })
  .optional()
  .describe('Why this item failed; the others are not affected.')

export interface Failed {
  readonly error: z.output<typeof itemError>
}

/** Next steps by code, where those of `toolErrors` are too general. */
type NextSteps = Partial<Record<ToolErrorCode, string>>

/** What an item answers that failed. */
function failed(error: ToolError, item: unknown, nextSteps: NextSteps): Failed {
  const { code, nextStep } = error
  const isGeneral = nextStep === toolErrors[code]
  const message = messageWithArguments(error, (name) => isObject(item) && Object.hasOwn(item, name))
  return { error: { code, message, nextStep: (isGeneral ? nextSteps[code] : undefined) ?? nextStep } }
}

/** The most items that a tool takes at once. */
export const MOST_ITEMS = 20

/** A call has a few seconds; Scalekit limits the rate of requests. */
const AT_ONCE = 5

/** What is wrong with one item. Anything else that every item fails with is wrong with the call. */
const ofAnItem: ReadonlySet<ToolErrorCode> = new Set([
  'invalid_arguments',
  'not_found',
  'already_exists',
  'precondition_failed',
])

/**
 * Does the same for each item, a few at once. An item that fails does not stop the others; its place has the error.
 *
 * @param what the work, for a client that shows progress
 * @param nextSteps for items that fail
 * @throws ToolError where all items fail, and not for what they are: without a permission, or while the API is down
 */
export async function each<Item, Done>(
  items: readonly Item[],
  progress: ToolContext['progress'],
  what: string,
  step: (item: Item) => Promise<Done>,
  nextSteps: NextSteps = {},
): Promise<(Done | Failed)[]> {
  const results: (Done | Failed)[] = []
  const errors: ToolError[] = []
  const note = (cause: unknown, item: Item): Failed => {
    const error = toToolError(cause)
    errors.push(error)
    return failed(error, item, nextSteps)
  }
  const waiting = items.entries()
  let done = 0
  const work = async () => {
    for (const [index, item] of waiting) {
      results[index] = await step(item).then(
        (result) => result,
        (cause: unknown) => note(cause, item),
      )
      progress(++done, what, items.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const reason = errors.find(({ code }) => !ofAnItem.has(code))
  if (reason && errors.length === items.length) throw reason
  return results
}

/**
 * What a question names: the items that were read, and those that do not exist. What could not be read would be changed unseen.
 *
 * @throws ToolError the reason for which an item could not be read
 */
export function namedBy<Done extends object>(
  items: readonly string[],
  results: readonly (Done | Failed)[],
): { readonly found: Done[]; readonly missing: string[] } {
  const unread = results.find((result) => 'error' in result && result.error?.code !== 'not_found')
  if (unread && 'error' in unread && unread.error) {
    const { code, message, nextStep } = unread.error
    throw new ToolError(code as ToolErrorCode, message, { nextStep })
  }
  return {
    found: results.flatMap((result) => ('error' in result ? [] : [result as Done])),
    missing: items.filter((_, index) => 'error' in (results[index] ?? {})),
  }
}
