import { type DestinationStream, type Logger, pino } from 'pino'
import { gatheredLines } from './gathered-lines.js'
import { redact } from './redact.js'

export type { Logger } from 'pino'

const secretKeys = [
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'access_token',
  'refresh_token',
  'client_secret',
  'clientSecret',
  'secret',
]

/**
 * The log of the server: JSON lines on stderr (stdout belongs to the stdio transport). Secrets are redacted by
 * key at the top and one level below; what holds a secret by type (`Secret`) redacts itself.
 */
export function createLog(level: string, stream: DestinationStream = gatheredLines()): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretKeys.flatMap((key) => [`["${key}"]`, `*["${key}"]`]),
        censor: '[redacted]',
      },
      serializers: { err: describeError },
    },
    stream,
  )
}

/** An error with its causes: no credentials, and no properties that libraries add (requests, headers, bodies). */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: 'not an error', type: typeof error }
  const code = 'code' in error ? error.code : undefined
  return {
    type: error.name,
    message: redact(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: redact(error.stack),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
