import { text } from 'node:stream/consumers'
import { styleText } from 'node:util'
import { displayText } from '../../call/interaction/display-text.js'
import { addresses } from '../../config/config.js'
import { UsageError } from '../exit.js'
import { isServerUrl } from '../server-url.js'
import { checkAdministrator } from './check-administrator.js'
import { checkClock } from './check-clock.js'
import { checkChallenge, checkReach } from './check-endpoint.js'
import { checkEnvFile } from './check-env-file.js'
import { checkEras } from './check-eras.js'
import { checkIssuer, checkIssuerMetadata, checkScopes, checkSignIn } from './check-issuer.js'
import { checkResource, checkResourceMetadata, checkWellKnown } from './check-resource.js'
import { checkToken } from './check-token.js'
import { checks, type Finding } from './finding.js'
import type { Walk } from './walk.js'

export interface DoctorOptions {
  readonly token?: string
  readonly json?: true
}

/** What a client does, step by step. Each step uses what the earlier ones found. */
const steps: readonly ((walk: Walk) => Finding[] | Promise<Finding[]>)[] = [
  checkChallenge,
  checkResourceMetadata,
  checkResource,
  checkWellKnown,
  checkIssuerMetadata,
  checkIssuer,
  checkSignIn,
  checkScopes,
  checkClock,
  checkToken,
  checkAdministrator,
  checkEras,
]

/** `scalekit-mcp doctor`: simulates a client and prints a line for each check. Exits with 1 if a check failed. */
export async function doctor(given: string | undefined, options: DoctorOptions): Promise<void> {
  const { token, json } = options
  const { server, scalekit } = addresses()
  const url = given ?? server
  if (!isServerUrl(url)) {
    throw new UsageError('Give the URL of an MCP server, like http://localhost:3002/mcp.')
  }
  const bearer = token === '-' ? (await text(process.stdin)).trim() : token
  if (bearer === '')
    throw new UsageError('The token is empty: pass one with --token, or on stdin with --token -.')
  if (bearer !== undefined && !/^[\x21-\x7e]+$/.test(bearer)) {
    throw new UsageError(
      'The token has a space or a character that no token has: pass the token alone, without "Bearer".',
    )
  }
  const walk: Walk = { url, ...(scalekit ? { scalekit } : {}), ...(bearer ? { token: bearer } : {}) }
  const findings: Finding[] = []
  const tell = (more: readonly Finding[]) => {
    findings.push(...more)
    if (!json) for (const finding of more) process.stdout.write(line(finding))
  }
  tell(checkEnvFile())
  tell(await checkReach(walk))
  for (const step of walk.first ? steps : []) tell(await step(walk))
  // The parts of the server are loaded only where one is configured.
  if (scalekit) await (await import('./examine-own-server.js')).examineOwnServer(url, tell)
  const problems = findings.filter(({ state }) => state === 'failed').length
  process.stdout.write(
    json
      ? `${JSON.stringify({ url, problems, findings }, null, 2)}\n`
      : `\n${problems === 0 ? 'No problems found.' : `${problems} of ${findings.length} checks failed.`}\n`,
  )
  process.exitCode = problems === 0 ? 0 : 1
}

const width = Math.max(...Object.keys(checks).map((name) => name.length))
const signs = {
  ok: styleText('green', 'ok    '),
  failed: styleText('red', 'failed'),
  'not checked': '-     ',
}

/** Text of servers is shown on one line, without control characters. */
function line({ check, state, text, fix, guide }: Finding): string {
  const advice = fix === undefined ? '' : `. ${styleText('bold', 'Fix')}: ${withoutFullStop(fix)}`
  const more = guide === undefined ? '' : `. See ${guide}`
  return `${signs[state]}  ${check.padEnd(width)}  ${withoutFullStop(text)}${advice}${more}\n`
}

/** What servers say ends with a full stop, what the doctor says does not. */
const withoutFullStop = (text: string) => displayText(text).replace(/[.\s]+$/, '')
