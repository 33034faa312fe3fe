import { fill } from '../../packages/auth/test/hostile-values.js'
import type { RawResponse } from '../../packages/auth/test/raw-http.js'
import { challengeProblems } from './challenge.js'
import { checks, type Expectation } from './checks.js'
import type { Case, Profile } from './corpus.js'
import { bodyOf, errorCodeOf, headerOf, isToolError, isUnknownTool, messageOf } from './message.js'
import type { Circumstances, Observation } from './observation.js'

/** What a case expects in one profile: `by_profile` is merged over the rest. */
export function expectedIn(profile: Profile, { expect }: Case): Expectation {
  const { by_profile, ...expected } = expect
  return { ...expected, ...by_profile?.[profile] }
}

/** Every way in which an observation differs from what its case expects, and from what holds for all. */
export function compare(
  testCase: Case,
  expected: Expectation,
  seen: Observation,
  circumstances: Circumstances,
): string[] {
  const { response } = seen
  const problems = Object.entries(expected).flatMap(([name, value]) => {
    const check = checks[name as keyof Expectation] as (...args: unknown[]) => string | false | undefined
    return check(value, seen, circumstances) || []
  })
  if (expected.canary_hits === undefined && seen.canaryHits > 0) problems.push('the canary host was called')
  if (!response) return problems
  if (response.late) problems.push('no answer before the deadline')
  return [
    ...problems,
    ...challengeProblems(response),
    ...reasonProblems(testCase, expected, response),
    ...answerProblems(response, expected, circumstances.names.token ?? ''),
  ]
}

/** Whether a problem is only that something took longer than its case allows, for whichever client. */
export function isAboutTime(problem: string): boolean {
  return /^\d+ ms( of its own| for another client)?, at most \d+$/.test(problem)
}

/** Codes that say that the arguments, or the message that carries them, are not what the tool accepts. */
const ABOUT_ARGUMENTS: readonly unknown[] = ['invalid_arguments', -32602, -32600]

/** A call has to be refused for what its case is about: one of a tool that does not exist shows nothing. */
function reasonProblems(testCase: Case, expected: Expectation, response: RawResponse): string[] {
  const { name, group } = testCase
  const tool = toolOf(testCase)
  const meansTool = /^[a-z][a-z_]*$/.test(tool) && !/^unknown-tool|^tool-name/.test(name)
  if (meansTool && isUnknownTool(response)) return [`the tool ${tool} does not exist`]
  const refused = group === 'tool-args' && expected.tool_error === true && isToolError(response)
  return refused && !ABOUT_ARGUMENTS.includes(errorCodeOf(response))
    ? [`refused with ${errorCodeOf(response)}, not for its arguments`]
    : []
}

/** The tool that a case calls: `request.tool` of a token, `build.rpc.params.name` of a request. */
function toolOf(testCase: Case): string {
  const { request, build } = testCase as Case & { readonly request?: unknown; readonly build?: unknown }
  return String(Object(request).tool ?? Object(Object(Object(build).rpc).params).name ?? '')
}

/** What a case wants nowhere in the log. */
export function forbiddenInLog(expected: Expectation, { names }: Circumstances): string[] {
  return [expected.log_must_not_contain ?? []].flat().map((template) => fill(template, names))
}

const INSIDE =
  /node_modules|\bat .+:\d+:\d+|\.[jt]s:\d+|(?:^|[\s"'(])\/(?:home|root|usr|tmp|var|app|opt)\/|\b(?:express|jose|zod|undici|body-parser|raw-body)\b|<html|<!doctype/i

/** What holds for every answer: no 5xx, errors in JSON, nothing of the inside of the server or of a token. */
function answerProblems(response: RawResponse, { status }: Expectation, token: string): string[] {
  const problems: string[] = []
  const isExpected = [status ?? []].flat().includes(response.status)
  if (response.status >= 500 && !isExpected) problems.push(`5xx: ${response.status}`)
  if (headerOf(response, 'x-powered-by') !== undefined) problems.push('x-powered-by is present')
  if (token.length > 20 && response.text.includes(token)) problems.push('the answer repeats the token')
  if (response.status >= 400) {
    if (INSIDE.test(response.text)) problems.push('the answer shows the inside of the server')
    if (bodyOf(response) && messageOf(response) === undefined) problems.push('the error is not JSON')
  }
  return problems
}
