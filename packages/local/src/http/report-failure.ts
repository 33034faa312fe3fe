import { inspect } from 'node:util'

/**
 * Writes down a failure that nobody asked about, for the developer whose machine this runs on. Whoever sent the
 * request is told only that it failed.
 */
export function reportFailure(error: unknown): void {
  process.stderr.write(
    `Scalekit local environment: ${error instanceof Error ? error.stack : inspect(error)}\n`,
  )
}
