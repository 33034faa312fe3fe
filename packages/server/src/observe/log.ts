import { type DestinationStream, type Logger, pino } from 'pino'
import { gatheredLines } from './gathered-lines.js'
import { redact } from './redact.js'

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
 * key at the top and one level below; what holds a secret by type (`Secret`) redacts itself.
 */
export function createLog(level: string, stream: DestinationStream = gatheredLines()): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => withoutSecrets(fields, 1) },
      serializers: { err: describeError },
    },
    stream,
  )
}

/**
 * The members of a line of JSON, each after a comma, for what is written with every request.
 *
 * @returns undefined where it is more than text and numbers, or names a secret: that is for `log.info`, which looks into it
 */
export function membersOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  let members = ''
  for (const key in fields) {
    const value = fields[key]
    if (value === undefined) continue
    if (secretKeys.has(key) || !(typeof value === 'string' || Number.isFinite(value))) return undefined
    members += `,"${key}":${JSON.stringify(value)}`
  }
  return members
}

/**
 * Makes what writes a line as `log.info` would, of members that are JSON already: pino looks at every one of them, which
 * takes three times as long. Several requests end in the same millisecond: its text is made once.
 */
export function createInfoWriter(log: Logger): (members: string, message: string) => void {
  const stream = (log as unknown as WithStream)[pino.symbols.streamSym]
  let at = 0
  let time = ''
  return (members, message) => {
    const now = Date.now()
    if (now !== at) {
      at = now
      time = new Date(now).toISOString()
    }
    stream.write(`{"level":"info","time":"${time}",${members},"msg":"${message}"}\n`)
  }
}

interface WithStream {
  readonly [pino.symbols.streamSym]: DestinationStream
}

/** The same object where it names no secret, as nearly always: pino's own redaction costs three times as much. */
function withoutSecrets(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  let clean = fields
  for (const [key, value] of Object.entries(fields)) {
    const kept = secretKeys.has(key)
      ? '[redacted]'
      : depth > 0 && isPlain(value)
        ? withoutSecrets(value, depth - 1)
        : value
    if (kept !== value) clean = { ...clean, [key]: kept }
  }
  return clean
}

/** What a class made (an error, a `Secret`) writes itself. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
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
