import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AuthError } from './errors.js'
import { continueIfAwaited } from './http-server.js'
import {
  MAX_DEPTH,
  MAX_VALUES,
  parseStrictJson,
  StrictJsonError,
  type StrictJsonProblem,
} from './strict-json.js'

const MAX_BYTES = 256 * 1024
/** The whole field: `text/plain;x=application/json` holds the words and means something else. */
const JSON_UTF8 = /^application\/json[ \t]*(;[ \t]*charset=("utf-8"|utf-8)[ \t]*)?$/i

const BODY_IS_READ =
  'A body parser read the body before mcpAuth: move app.use(mcpAuth({ ... })) above it, and the parser to the routes that need it.'

const PROBLEMS: Readonly<Record<Exclude<StrictJsonProblem, 'syntax'>, string>> = {
  duplicate_member: 'No object may have two members of the same name.',
  forbidden_member: 'No member may be named __proto__, constructor or prototype.',
  too_deep: `The body is nested more than ${MAX_DEPTH} levels deep.`,
  too_many_values: `The body has more than ${MAX_VALUES} members and elements.`,
}

/**
 * Reads the body of a request that passed the guard: uncompressed, at most 256 KiB.
 *
 * @throws AuthError `unsupported_media_type`, `payload_too_large`, or `invalid_request` when it breaks off
 */
export function readBody(req: IncomingMessage, res: ServerResponse): Promise<Buffer> {
  if (!JSON_UTF8.test(req.headers['content-type'] ?? '')) {
    throw new AuthError('unsupported_media_type', 'Send the body as application/json in UTF-8.')
  }
  if (req.headers['content-encoding'] !== undefined) {
    throw new AuthError('unsupported_media_type', 'Send the body without Content-Encoding.')
  }
  if (Number(req.headers['content-length'] ?? 0) > MAX_BYTES) throw tooLarge()
  if (req.readableEnded) throw new Error(BODY_IS_READ)
  if (req.destroyed) throw brokenOff()
  continueIfAwaited(req, res)
  return readBytes(req)
}

/** Not raw-body: it never settles when a stream closes without `aborted`, as adapters for serverless functions do. */
function readBytes(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > MAX_BYTES) reject(tooLarge())
      else chunks.push(chunk)
    })
    req.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    req.on('close', () => {
      if (!req.readableEnded) reject(brokenOff())
    })
  })
}

/**
 * Parses UTF-8 JSON without what two parsers could read differently.
 *
 * @throws AuthError `parse_error` or `invalid_message`
 */
export function parseBody(bytes: Buffer): unknown {
  return parse(decode(bytes))
}

function decode(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw parseError()
  return bytes.toString('utf8')
}

function parse(text: string): unknown {
  try {
    return parseStrictJson(text, { refusePrototypeMembers: true })
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    if (error.problem === 'syntax') throw parseError()
    throw new AuthError('invalid_message', PROBLEMS[error.problem])
  }
}

function parseError(): AuthError {
  return new AuthError('parse_error', 'The body is not JSON in UTF-8.')
}

function brokenOff(): AuthError {
  return new AuthError('invalid_request', 'The body broke off.')
}

function tooLarge(): AuthError {
  return new AuthError('payload_too_large', `Send at most ${MAX_BYTES} bytes.`)
}
