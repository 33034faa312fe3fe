import { type DestinationStream, destination, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

const secretKeys = [
  'authorization',
  'cookie',
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
export function createLog(level: string, stream: DestinationStream = destination(2)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [...secretKeys, ...secretKeys.map((key) => `*.${key}`), 'headers["set-cookie"]'],
        censor: '[redacted]',
      },
      serializers: { err: describeError },
    },
    stream,
  )
}

/** An error with its causes, without the properties that libraries hang on it (requests, headers, bodies). */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: 'not an error', type: typeof error }
  const code = 'code' in error ? error.code : undefined
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
