const awaitingContinue = new WeakSet<object>()

/** Notes that a client waits to be told to send its body (RFC 9110 section 10.1.1). */
export function noteAwaitsContinue(req: object): void {
  awaitingContinue.add(req)
}

/** Tells a client that waits for it to send its body. */
export function continueIfAwaited(req: object, res: { writeContinue(): void }): void {
  if (awaitingContinue.delete(req)) res.writeContinue()
}

/** Whether the client still waits to be told to send its body. */
export function awaitsContinue(req: object): boolean {
  return awaitingContinue.has(req)
}
