import { ToolError, toToolError } from '../errors.js'

/** What stays where the first step could not be undone, and what to do about it. */
export interface Left {
  readonly message: string
  readonly nextStep: string
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * Waits for the later steps of a call that is one for the caller. When they fail, the first step is undone.
 *
 * @param later the later steps
 * @param undo removes what the first step created, with the `undo` of the context
 * @throws ToolError why they failed, and what is left where the removal failed too
 */
export function undoOnFailure<Done>(
  later: Promise<Done>,
  undo: () => Promise<unknown>,
  left: Left,
): Promise<Done> {
  return later.then(
    (done) => done,
    async (failure: unknown) => {
      const [undone] = await Promise.allSettled([undo()])
      if (undone.status === 'fulfilled') throw failure
      const { code, message } = toToolError(failure)
      throw new ToolError(code, `${message.replace(/\.$/, '')}. ${left.message}`, {
        nextStep: left.nextStep,
        details: left.details,
        cause: failure,
      })
    },
  )
}
