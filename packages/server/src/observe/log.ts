import { isObject } from '@scalekit-mcp/auth/server'
import { type DestinationStream, type Logger, pino } from 'pino'
import { gatheredLines } from './gathered-lines.js'
import { type Redact, redact as redactByForm } from './redact.js'

export type { Logger } from 'pino'

const secretKeys: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'access_token',
  'refresh_token',
  'client_secret',
  'clientSecret',
  'secret',
])

/**
 * The log of the server: JSON lines on stderr (stdout belongs to the stdio transport). Secrets are redacted by
 * key at the top and one level below; what holds a secret by type (`Secret`) redacts itself. pino's own `redact` copies every
 * line and looks for every path in it.
 *
 * @param redact for the texts of errors, which libraries and third parties write
 */
export function createLog(
  level: string,
  stream: DestinationStream = gatheredLines(),
  redact: Redact = redactByForm,
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: createIsoTime(),
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => hideSecrets(fields, hideMembers),
      },
      serializers: { err: (error) => describeError(error, redact) },
    },
    stream,
  )
}

type Fields = Record<string, unknown>

/** The same object where nothing in it is secret, as nearly always. */
function hideSecrets(fields: Fields, below: (value: unknown) => unknown): Fields {
  let shown = fields
  for (const key in fields) {
    const value = fields[key]
    const hidden = secretKeys.has(key) ? '[redacted]' : below(value)
    if (hidden !== value) shown = { ...shown, [key]: hidden }
  }
  return shown
}

/** What is in an error is chosen by its serializer. */
function hideMembers(value: unknown): unknown {
  if (!isObject(value) || value instanceof Error) return value
  return hideSecrets(value, (inner) => inner)
}

/** ISO 8601. Lines of one millisecond share its text. */
function createIsoTime(): () => string {
  let at = 0
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== at) {
      at = now
      text = `,"time":"${new Date(now).toISOString()}"`
    }
    return text
  }
}

/** An error with its causes: no credentials, and no properties that libraries add (requests, headers, bodies). */
function describeError(error: unknown, redact: Redact): unknown {
  if (!(error instanceof Error)) return { message: 'not an error', type: typeof error }
  const code = 'code' in error ? error.code : undefined
  return {
    type: error.name,
    message: redact(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: redact(error.stack),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause, redact) }),
  }
}
