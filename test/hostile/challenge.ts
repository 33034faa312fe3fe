import type { RawResponse } from '../../packages/auth/test/raw-http.js'
import { errorCodeOf, headerOf } from './message.js'
import type { Circumstances } from './observation.js'

/** RFC 6750 section 3, RFC 9728 section 5.1: one Bearer challenge on every 401 and 403 that is about the token. */
export function challengeProblems(response: RawResponse): string[] {
  const aboutOrigin = response.status === 403 && errorCodeOf(response) === 'origin_not_allowed'
  if (![401, 403].includes(response.status) || aboutOrigin) return []
  const challenges = response.headers.filter(([name]) => name === 'www-authenticate')
  const { scope, resource_metadata } = parametersOf(response)
  return [
    ...(challenges.length === 1 && schemesOf(response).join() === 'Bearer'
      ? []
      : ['not one Bearer challenge']),
    ...(resource_metadata ? [] : ['the challenge lacks resource_metadata']),
    ...(scope ? [] : ['the challenge lacks scope']),
  ]
}

/** `null` is a challenge without an error (RFC 6750 section 3.1). */
export function challengeErrorProblem(
  expected: readonly (string | null)[],
  response: RawResponse,
): string | false {
  if (!isChallenged(response)) return false
  const error = parametersOf(response).error ?? null
  return !expected.includes(error) && `challenge error ${error}, not ${expected.join(' or ')}`
}

/**
 * MCP 2026-07-28: exactly what the call needs. MCP 2025-11-25 recommends that a 403 also names what the token holds,
 * because those clients replace their scopes instead of adding to them.
 */
export function challengeScopeProblem(
  expected: string,
  response: RawResponse,
  { era, claimedScopes }: Circumstances,
): string | false {
  if (!isChallenged(response)) return false
  const { scope = '' } = parametersOf(response)
  const [needed, named] = [expected.split(' '), scope.split(' ')]
  const allowed = era === 'legacy' && response.status === 403 ? [...needed, ...claimedScopes] : needed
  const holds = needed.every((each) => named.includes(each)) && named.every((each) => allowed.includes(each))
  return !holds && `challenge scope ${scope}, not ${expected}`
}

/** RFC 6750 section 3.1: 400, 401 and 403 have challenges; other answers were given before the token was read. */
const isChallenged = ({ status }: RawResponse) => [400, 401, 403].includes(status)

function parametersOf(response: RawResponse): Record<string, string> {
  const challenge = headerOf(response, 'www-authenticate') ?? ''
  return Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
}

/** The schemes of all challenges in the header (RFC 9110 section 11.6.1), outside of quoted texts. */
function schemesOf(response: RawResponse): string[] {
  const challenge = (headerOf(response, 'www-authenticate') ?? '').replace(/"[^"]*"/g, '""')
  return [...challenge.matchAll(/(?:^|,)\s*([\w-]+)(?=\s+[\w-]+=|\s*(?:,|$))/g)].map(
    ([, scheme = '']) => scheme,
  )
}
