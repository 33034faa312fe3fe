import { askQuietly } from './ask.js'
import { type Finding, notChecked, right, wrong } from './finding.js'
import type { Walk } from './walk.js'

/** Times in tokens are compared with a tolerance of this size. */
const TOLERANCE_S = 30

/** A token of a server whose clock is ahead is not valid yet elsewhere. */
export async function checkClock({ first, authorizationServer }: Walk): Promise<Finding[]> {
  const issuer = authorizationServer === undefined ? undefined : await askQuietly(authorizationServer)
  const behind = [
    ...aheadOf('the server', first?.headers),
    ...aheadOf('the authorization server', issuer?.headers),
  ]
  if (behind.length === 0) return [notChecked('clock', 'nobody told the time')]
  const off = behind.filter(({ seconds }) => Math.abs(seconds) > TOLERANCE_S)
  if (off.length === 0) return [right('clock', `within ${TOLERANCE_S} s`)]
  const text = off
    .map(
      ({ who, seconds }) =>
        `the clock of ${who} is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`,
    )
    .join(', ')
  return [wrong('clock', text, 'set the clocks by NTP, that of this machine too')]
}

function aheadOf(who: string, headers: Headers | undefined): { who: string; seconds: number }[] {
  const time = Date.parse(headers?.get('date') ?? '')
  return Number.isNaN(time) ? [] : [{ who, seconds: Math.round((time - Date.now()) / 1000) }]
}
