import type { RawResponse } from '../../packages/auth/test/raw-http.js'
import type { Expectation } from './corpus.js'

/** What happened around one answer. */
export interface Observation {
  readonly response: RawResponse
  readonly upstreamCalls: number
  readonly canaryHits: number
  readonly received: string
  readonly milliseconds: number
  readonly grownMegabytes: number
}

export interface VerdictNames {
  readonly resource: string
  readonly token: string
}

/** What a case wants nowhere in the log; lines come when there are enough of them, so it is looked for after all cases. */
export function forbiddenInLog(expected: Expectation, names: VerdictNames): string[] {
  return [expected.log_must_not_contain ?? []].flat().map((template) => filled(template, names))
}

function filled(template: string, { resource, token }: VerdictNames): string {
  return template.replace('{{aud}}', resource).replace('{{token}}', token)
}

/** Every way in which an observation differs from what its case expects. */
export function compare(expected: Expectation, seen: Observation, names: VerdictNames): string[] {
  const { response } = seen
  const problems: string[] = []
  const check = (holds: boolean, problem: string) => void (holds || problems.push(problem))
  const text = (template: string) => filled(template, names)

  const statuses = [expected.status ?? expected.statuses ?? []].flat()
  check(
    statuses.length === 0 || statuses.includes(response.status),
    `status ${response.status}, not ${statuses.join(' or ')}`,
  )
  if (expected.upstream_calls !== undefined)
    check(
      seen.upstreamCalls === expected.upstream_calls,
      `${seen.upstreamCalls} upstream calls, not ${expected.upstream_calls}`,
    )
  check(
    seen.canaryHits === (expected.canary_hits ?? 0),
    `${seen.canaryHits} requests reached the canary host`,
  )
  if (expected.jsonrpc_code !== undefined)
    check(
      rpcCode(response) === expected.jsonrpc_code,
      `JSON-RPC code ${rpcCode(response)}, not ${expected.jsonrpc_code}`,
    )
  if (expected.tool_error) check(response.status !== 200 || isToolError(response), 'the call was not refused')
  for (const [name, value] of Object.entries(expected.header_equals ?? {}))
    check(headerOf(response, name) === value, `${name}: ${headerOf(response, name)}, not ${value}`)
  for (const [name, value] of Object.entries(expected.header_contains ?? {}))
    check(
      headerOf(response, name)?.includes(value) ?? false,
      `${name}: ${headerOf(response, name)} lacks ${value}`,
    )
  for (const name of [expected.header_absent ?? []].flat())
    check(headerOf(response, name) === undefined, `${name} is present`)
  if (expected.body_contains)
    check(response.text.includes(text(expected.body_contains)), 'the body lacks its text')
  if (expected.body_not_contains)
    check(!response.text.includes(text(expected.body_not_contains)), 'the body holds what it must not')
  for (const secret of [expected.upstream_must_not_contain ?? []].flat())
    check(!seen.received.includes(text(secret)), 'the API received what it must not')
  if (expected.max_ms) check(seen.milliseconds < expected.max_ms, `took ${Math.round(seen.milliseconds)} ms`)
  if (expected.max_rss_growth_mb)
    check(
      seen.grownMegabytes <= expected.max_rss_growth_mb,
      `memory grew by ${Math.round(seen.grownMegabytes)} MB`,
    )
  return [...problems, ...challengeProblems(expected, response), ...answerProblems(response, names.token)]
}

/** RFC 6750 section 3, RFC 9728 section 5.1: one Bearer challenge, no error where no credential came. */
function challengeProblems(expected: Expectation, response: RawResponse): string[] {
  const challenges = response.headers
    .filter(([name]) => name === 'www-authenticate')
    .map(([, value]) => value)
  const due = response.status === 401 || expected.challenge_error !== undefined
  if (!due || response.status === 200 || response.status === 415) return []
  const [challenge = ''] = challenges
  const parameters = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
  const problems: string[] = []
  if (challenges.length !== 1 || !challenge.startsWith('Bearer ')) problems.push('not one Bearer challenge')
  if (!parameters.resource_metadata) problems.push('the challenge lacks resource_metadata')
  if (!parameters.scope) problems.push('the challenge lacks scope')
  if (expected.challenge_scope && parameters.scope !== expected.challenge_scope)
    problems.push(`challenge scope ${parameters.scope}, not ${expected.challenge_scope}`)
  const errors = expected.challenge_error === undefined ? undefined : [expected.challenge_error].flat()
  if (errors && !errors.includes(parameters.error ?? null))
    problems.push(`challenge error ${parameters.error}`)
  return problems
}

const LEAK =
  /node_modules|\bat .+:\d+:\d+|\.[jt]s:\d+|(?:^|[\s"'(])\/(?:home|root|usr|tmp|var|app|opt)\/|\b(?:express|jose|zod|undici|body-parser|raw-body)\b|<html|<!doctype/i

/** What holds for every answer: no 5xx, errors in JSON, nothing of the inside of the server or of a token. */
export function answerProblems(response: RawResponse, token: string): string[] {
  const problems: string[] = []
  if (response.status >= 500 && response.status !== 505 && response.status !== 501)
    problems.push(`5xx: ${response.status}`)
  if (headerOf(response, 'x-powered-by') !== undefined) problems.push('x-powered-by is present')
  if (token.length > 20 && response.text.includes(token)) problems.push('the answer repeats the token')
  if (response.status >= 400) {
    if (LEAK.test(response.text)) problems.push('the answer tells of the inside of the server')
    if (bodyOf(response) && messageOf(response) === undefined) problems.push('the error is not JSON')
  }
  return problems
}

export function headerOf(response: RawResponse, name: string): string | undefined {
  return response.headers.find(([header]) => header === name)?.[1]
}

/** The JSON of an answer: its body, or the last message of its event stream. */
export function messageOf(response: RawResponse): Record<string, unknown> | undefined {
  const text = bodyOf(response)
  const event = text
    .match(/^data: ?(.*)$/gm)
    ?.at(-1)
    ?.replace(/^data: ?/, '')
  try {
    // Answers are read byte by byte; their text is UTF-8.
    return Object(JSON.parse(Buffer.from(event ?? text, 'latin1').toString('utf8')))
  } catch {
    return undefined
  }
}

/** The body of the first answer on a connection, without its framing. */
function bodyOf(response: RawResponse): string {
  if (headerOf(response, 'transfer-encoding') === 'chunked') return joinChunks(response.body)
  const length = headerOf(response, 'content-length')
  return length === undefined ? response.body : response.body.slice(0, Number(length))
}

/** RFC 9112 section 7.1; the bytes were read as latin1, one character each. */
function joinChunks(body: string): string {
  let text = ''
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.slice(at, end), 16)
    if (end < 0 || !(size > 0)) return text
    text += body.slice(end + 2, end + 2 + size)
    at = end + 2 + size + 2
  }
}

function rpcCode(response: RawResponse): unknown {
  return Object(messageOf(response)?.error).code
}

/** A tool's own error, or a JSON-RPC error. */
function isToolError(response: RawResponse): boolean {
  const message = messageOf(response)
  return message?.error !== undefined || Object(message?.result).isError === true
}
