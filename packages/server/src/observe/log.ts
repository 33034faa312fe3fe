import { type DestinationStream, type Logger, pino } from 'pino'
import { gatheredLines } from './gathered-lines.js'

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
 * Writes one line as `log.info` would, for what is written for every request: its members are known, so that nothing is
 * looked for in them, which takes a third of the time. What is more than text and numbers goes through `log.info`.
 */
export function writeInfo(log: Logger, fields: Readonly<Record<string, unknown>>, message: string): void {
  if (!log.isLevelEnabled('info')) return
  for (const key in fields) {
    const value = fields[key]
    if (secretKeys.has(key) || !(isText(value) || Number.isFinite(value))) {
      log.info(fields, message)
      return
    }
  }
  const members = JSON.stringify(fields).slice(1, -1)
  const stream = (log as unknown as WithStream)[pino.symbols.streamSym]
  stream.write(`{"level":"info","time":"${new Date().toISOString()}",${members},"msg":"${message}"}\n`)
}

/** What is not there is left out. */
const isText = (value: unknown) => value === undefined || typeof value === 'string'

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
