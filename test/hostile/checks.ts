import { fill } from '../../packages/auth/test/hostile-values.js'
import { challengeErrorProblem, challengeScopeProblem } from './challenge.js'
import { errorCodeOf, headerOf, isToolError, rpcCodeOf } from './message.js'
import type { Circumstances, Observation } from './observation.js'

type OneOrMore<Value> = Value | readonly Value[]

/** What a case has to lead to; the grammar is at the head of each corpus. */
export interface Expectation {
  /** 0 when the connection is closed without an answer. */
  readonly status?: OneOrMore<number>
  readonly statuses?: OneOrMore<number>
  /** The code of an OAuth error, of a JSON-RPC error or of a tool's error: which defence answered. */
  readonly error_code?: OneOrMore<string | number>
  readonly challenge_error?: OneOrMore<string | null>
  readonly challenge_scope?: string
  readonly jsonrpc_code?: OneOrMore<number>
  readonly tool_error?: boolean
  readonly upstream_calls?: OneOrMore<number>
  readonly upstream_calls_max?: number
  readonly upstream_must_not_contain?: OneOrMore<string>
  readonly log_must_not_contain?: OneOrMore<string>
  readonly audit_lines?: number
  readonly canary_hits?: number
  readonly jwks_fetches_max?: number
  readonly header_equals?: Readonly<Record<string, string>>
  readonly header_contains?: Readonly<Record<string, string>>
  readonly header_absent?: OneOrMore<string>
  readonly headers_not_contain?: OneOrMore<string>
  readonly body_contains?: OneOrMore<string>
  readonly body_not_contains?: OneOrMore<string>
  readonly max_ms?: number
  readonly self_max_ms?: number
  readonly max_rss_growth_mb?: number
  readonly closed_within_ms?: number
  readonly other_clients_ok?: boolean
  readonly other_clients_max_ms?: number
  readonly target_alive?: boolean
  readonly cross_talk?: number
  readonly max_open?: number
}

type Check<Name extends keyof Expectation> = (
  expected: NonNullable<Expectation[Name]>,
  seen: Observation,
  circumstances: Circumstances,
) => string | false | undefined

/** How each expectation is checked: the problem, or nothing. One that cannot be measured in its case is a problem. */
export const checks: { readonly [Name in keyof Required<Expectation>]: Check<Name> } = {
  status: (expected, seen) => statusProblem([expected].flat(), seen),
  statuses: (expected, seen) => statusProblem([expected].flat(), seen),
  error_code(expected, { response }) {
    const code = response && errorCodeOf(response)
    return !isOneOf(expected, code) && `error code ${code}, not ${expected}`
  },
  challenge_error: (expected, { response }) =>
    response ? challengeErrorProblem([expected].flat(), response) : NOT_MEASURED,
  challenge_scope: (expected, { response }, circumstances) =>
    response ? challengeScopeProblem(expected, response, circumstances) : NOT_MEASURED,
  jsonrpc_code(expected, { response }) {
    const code = response && rpcCodeOf(response)
    return !isOneOf(expected, code) && `JSON-RPC code ${code}, not ${expected}`
  },
  tool_error(expected, { response }) {
    if (!response) return NOT_MEASURED
    if (response.status !== 200) return !expected && 'the call was refused'
    return isToolError(response) !== expected && (expected ? 'the call was not refused' : 'the call failed')
  },
  upstream_calls: (expected, { upstreamCalls }) =>
    !isOneOf(expected, upstreamCalls) && `${upstreamCalls} upstream calls, not ${expected}`,
  upstream_calls_max: (max, { upstreamCalls }) => atMost(max, upstreamCalls, 'upstream calls'),
  upstream_must_not_contain: (texts, { received }, { names }) =>
    [texts].flat().some((text) => received.includes(fill(text, names))) &&
    'the API received what it must not',
  // Lines of the log come late: the whole of it is searched after all cases.
  log_must_not_contain: () => undefined,
  audit_lines: (expected, { auditLines }) =>
    auditLines !== expected && `${auditLines} audit lines, not ${expected}`,
  canary_hits: (expected, { canaryHits }) =>
    canaryHits !== expected && `${canaryHits} requests reached the canary host, not ${expected}`,
  jwks_fetches_max: (max, { keySetReads }) => atMost(max, keySetReads, 'reads of the key set'),
  header_equals: (expected, seen, { names }) =>
    eachHeader(expected, seen, (value, text) => value === fill(text, names), 'is not'),
  header_contains: (expected, seen, { names }) =>
    eachHeader(expected, seen, (value, text) => value?.includes(fill(text, names)) === true, 'lacks'),
  header_absent(names, { response }) {
    const present = [names].flat().filter((name) => response && headerOf(response, name) !== undefined)
    return response ? present.length > 0 && `${present} is present` : NOT_MEASURED
  },
  headers_not_contain(texts, { response }, { names }) {
    const lines = response?.headers
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n')
      .toLowerCase()
    const found = [texts].flat().find((text) => lines?.includes(fill(text, names).toLowerCase()))
    return lines === undefined ? NOT_MEASURED : found !== undefined && `a header contains ${found}`
  },
  body_contains(texts, { response }, { names }) {
    const missing = [texts].flat().find((text) => !response?.text.includes(fill(text, names)))
    return missing !== undefined && `the body lacks ${missing}`
  },
  body_not_contains(texts, { response }, { names }) {
    const found = [texts].flat().find((text) => response?.text.includes(fill(text, names)))
    return response ? found !== undefined && `the body contains ${found}` : NOT_MEASURED
  },
  max_ms: (max, { milliseconds }) => atMost(max, Math.round(milliseconds), 'ms'),
  self_max_ms: (max, { milliseconds }) => atMost(max, Math.round(milliseconds), 'ms of its own'),
  max_rss_growth_mb: (max, { grownMegabytes }) => atMost(max, grownMegabytes, 'MB more memory'),
  closed_within_ms: (max, { closedAfterMs }) =>
    closedAfterMs === null ? `still open after ${max} ms` : atMost(max, closedAfterMs, 'ms until closed'),
  other_clients_ok: (expected, { others }) =>
    others ? others.ok !== expected && `another client got ${others.status}` : NOT_MEASURED,
  other_clients_max_ms: (max, { others }) =>
    others && !others.ok
      ? `another client got ${others.status}`
      : atMost(max, others && Math.round(others.milliseconds), 'ms for another client'),
  target_alive: (expected, { alive }) =>
    alive !== expected && `the server is ${alive ? 'alive' : 'not alive'}`,
  cross_talk: (max, { crossTalk }) => atMost(max, crossTalk, "answers with another caller's data"),
  max_open: (max, { open }) => atMost(max, open, 'open streams'),
}

const NOT_MEASURED = 'an expectation of this case cannot be measured'

function atMost(max: number, seen: number | undefined, unit: string): string | false {
  if (seen === undefined) return `${NOT_MEASURED}: ${unit}`
  return seen > max && `${seen} ${unit}, at most ${max}`
}

function isOneOf<Value>(expected: OneOrMore<Value>, seen: unknown): boolean {
  return [expected].flat().some((value) => value === seen)
}

function statusProblem(expected: readonly number[], { response, statuses }: Observation): string | false {
  const seen = statuses ?? (response ? [response.status] : [])
  if (seen.length === 0) return `${NOT_MEASURED}: status`
  const wrong = [...new Set(seen)].filter((status) => !expected.includes(status))
  return wrong.length > 0 && `status ${wrong.join(', ')}, not ${expected.join(' or ')}`
}

function eachHeader(
  expected: Readonly<Record<string, string>>,
  { response }: Observation,
  holds: (value: string | undefined, text: string) => boolean,
  verb: string,
): string | false {
  if (!response) return NOT_MEASURED
  return Object.entries(expected)
    .filter(([name, text]) => !holds(headerOf(response, name), text))
    .map(([name, text]) => `${name} ${headerOf(response, name)} ${verb} ${text}`)
    .join(', ')
}
