import { askQuietly } from './ask.js'
import { type Finding, failed, notChecked, ok } from './finding.js'
import type { Walk } from './walk.js'

/** A difference that tokens tolerate, including the time of the request. */
const TOLERANCE_S = 30

/** A token from a server whose clock is ahead is not yet valid elsewhere. */
export async function checkClock({ first, authorizationServer }: Walk): Promise<Finding[]> {
  const issuer = authorizationServer === undefined ? undefined : await askQuietly(authorizationServer)
  const behind = [
    ...aheadOf('the server', first?.headers),
    ...aheadOf('the authorization server', issuer?.headers),
  ]
  if (behind.length === 0) return [notChecked('clock', 'no response has a Date header')]
  const off = behind.filter(({ seconds }) => Math.abs(seconds) > TOLERANCE_S)
  if (off.length === 0) return [ok('clock', `within ${TOLERANCE_S} s`)]
  const text = off
    .map(
      ({ who, seconds }) =>
        `the clock of ${who} is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`,
    )
    .join(', ')
  return [failed('clock', text, 'synchronize the clocks with NTP, including the one of this machine')]
}

function aheadOf(who: string, headers: Headers | undefined): { who: string; seconds: number }[] {
  const time = Date.parse(headers?.get('date') ?? '')
  return Number.isNaN(time) ? [] : [{ who, seconds: Math.round((time - Date.now()) / 1000) }]
}
