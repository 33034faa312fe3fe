import { ToolError, toToolError } from '../errors.js'

/** What stays where the first step could not be undone, and what to do about it. */
export interface Left {
  readonly message: string
  readonly nextStep: string
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * Ends a call of several steps of which a later one failed: what the first created is removed.
 *
 * @param failure of the later step
 * @param undone the removal (`undo` of the context)
 * @throws ToolError the failure, and what is left where the removal failed too
 */
export async function takeBack(failure: unknown, undone: Promise<unknown>, left: Left): Promise<never> {
  const isUndone = await undone.then(
    () => true,
    () => false,
  )
  if (isUndone) throw failure
  const { code, message } = toToolError(failure)
  throw new ToolError(code, `${message.replace(/\.$/, '')}. ${left.message}`, {
    nextStep: left.nextStep,
    details: left.details,
    cause: failure,
  })
}
