/** Where no log is given: Node prints a warning to stderr, once for each call. */
export function emitWarning(message: string, cause?: unknown): void {
  process.emitWarning(cause === undefined ? message : `${message}: ${cause}`, 'ScalekitAuthWarning')
}
