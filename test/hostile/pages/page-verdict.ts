import type { Names } from '../../../packages/auth/test/hostile-values.js'
import type { RawResponse } from '../../../packages/auth/test/raw-http.js'
import { checks } from '../checks.js'
import { headerOf } from '../message.js'
import type { Observation } from '../observation.js'
import type { Effect, PageCase } from './page-case.js'

/** What was seen of one case. */
export interface PageSeen {
  readonly response: RawResponse
  readonly effect: Effect | string
}

/** Every way in which what was seen differs from what the case expects, and from what holds for all. */
export function pageProblems(testCase: PageCase, seen: PageSeen, names: Names): string[] {
  const { effect: expectedEffect = 'none', signs_in = false, ...expected } = testCase.expect
  const { response, effect } = seen
  const observation: Observation = {
    response,
    milliseconds: 0,
    upstreamCalls: 0,
    canaryHits: 0,
    keySetReads: 0,
    received: '',
  }
  const circumstances = { names, era: 'modern', claimedScopes: [] } as const
  const problems = Object.entries(expected).flatMap(([name, value]) => {
    const check = checks[name as keyof typeof checks] as (...args: unknown[]) => string | false | undefined
    return check(value, observation, circumstances) || []
  })
  if (effect !== expectedEffect) problems.push(`the call: ${effect}, not ${expectedEffect}`)
  if (beginsSession(response) !== signs_in) {
    problems.push(signs_in ? 'the answer begins no session' : 'the answer begins a session')
  }
  return [...problems, ...answerProblems(testCase, response, names)]
}

const beginsSession = ({ headers }: RawResponse) =>
  headers.some(([name, value]) => name === 'set-cookie' && /^(__Host-)?hand-off-session=[\w-]/.test(value))

const INSIDE = /node_modules|\bat .+:\d+:\d+|\.[jt]s:\d+|(?:^|[\s"'(])\/(?:home|root|usr|tmp|var|app|opt)\//
/** What the cases try to have on a page. */
const MARKUP = /<b>hostile/i

/** What every page has to say to the browser. */
const POLICY: Readonly<Record<string, RegExp>> = {
  'content-security-policy':
    /default-src 'none';.*base-uri 'none'; form-action 'self'; frame-ancestors 'none'/,
  'cache-control': /^no-store$/,
  'referrer-policy': /^same-origin$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
}

/** What holds for every answer: no 5xx, the policy of a page, no markup of the request, and nothing for anybody but the owner. */
function answerProblems({ build, expect }: PageCase, response: RawResponse, names: Names): string[] {
  const problems: string[] = []
  if (response.late) problems.push('no answer before the deadline')
  if (response.status >= 500 && ![expect.status].flat().includes(response.status)) {
    problems.push(`5xx: ${response.status}`)
  }
  if (headerOf(response, 'x-powered-by') !== undefined) problems.push('x-powered-by is present')
  if (INSIDE.test(response.text)) problems.push('the answer shows the inside of the server')
  if (MARKUP.test(response.text)) problems.push('the answer repeats markup of the request')
  if (headerOf(response, 'content-type')?.startsWith('text/html')) {
    const lacking = Object.entries(POLICY).filter(
      ([name, value]) => !value.test(headerOf(response, name) ?? ''),
    )
    problems.push(...lacking.map(([name]) => `the page lacks ${name}`))
  }
  const { browser = 'owner' } = build
  const isOwner = browser === 'owner' || browser === 'twin'
  const own = ['target', 'digest', 'token_of_form'].filter((name) =>
    response.text.includes(names[name] || '\0'),
  )
  if (!isOwner && own.length > 0) problems.push(`somebody else sees ${own}`)
  return problems
}
