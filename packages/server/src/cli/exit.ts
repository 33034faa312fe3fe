/** Exit codes, as in sysexits.h. */
const EX_SOFTWARE = 70
export const EX_CONFIG = 78

/** Codes of what the operator can fix. Not the classes: importing them would load the server for every command. */
const MISTAKES: ReadonlySet<unknown> = new Set(['usage', 'config_invalid', 'port_in_use'])

/** A mistake in how a command was called, with what to do instead. */
export class UsageError extends Error {
  readonly code = 'usage'
}

/** Ends the program with one message: the text alone for a mistake of the operator, the stack otherwise. */
export function endWith(error: unknown): never {
  const known = error instanceof Error && 'code' in error && MISTAKES.has(error.code)
  const text =
    known || !(error instanceof Error) ? String(error instanceof Error ? error.message : error) : error.stack
  process.stderr.write(`${text}\n`)
  process.exit(known ? EX_CONFIG : EX_SOFTWARE)
}

/**
 * Runs `stop` once on SIGTERM, SIGINT or SIGHUP, then exits with 0. A second signal exits at once.
 *
 * @param reopen runs on SIGHUP instead: what log rotation sends to a service that has no terminal
 */
export function stopOnSignal(stop: () => Promise<void>, reopen?: () => Promise<void>): void {
  let stopping = false
  const onSignal = () => {
    if (stopping) process.exit(1)
    stopping = true
    stop().then(() => process.exit(0), endWith)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('SIGHUP', reopen ?? onSignal)
}
