import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding } from './finding.js'
import { direct, own } from './lock.js'

const npm = (...args: string[]): { json: Record<string, unknown> } => {
  try {
    return {
      json: JSON.parse(
        execFileSync('npm', [...args, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      ),
    }
  } catch (error) {
    return { json: parse(Object(error).stdout) }
  }
}

function parse(text: unknown): Record<string, unknown> {
  try {
    return Object(JSON.parse(String(text)))
  } catch {
    return {}
  }
}

/** Known vulnerabilities of what is installed. A registry that does not answer makes this "not run". */
export function vulnerabilities(): Finding {
  const { metadata } = npm('audit', '--omit=dev').json as {
    metadata?: { vulnerabilities?: { high: number; critical: number } }
  }
  const found = metadata?.vulnerabilities
  if (!found)
    return { id: 'H7', measured: '', problems: [], notRun: 'the registry does not answer npm audit' }
  const bad = found.high + found.critical
  return { id: 'H7', measured: `${bad}`, problems: bad > 0 ? [`npm audit: ${bad} high or critical`] : [] }
}

export function signatures(): Finding {
  const answer = npm('audit', 'signatures').json as { invalid?: unknown[]; missing?: unknown[] }
  if (!answer.invalid || !answer.missing) {
    return { id: 'H8', measured: '', problems: [], notRun: 'the registry keeps no signatures' }
  }
  const bad = answer.invalid.length + answer.missing.length
  return {
    id: 'H8',
    measured: `${bad} without`,
    problems: bad > 0 ? [`${bad} packages without a valid signature`] : [],
  }
}

const DAY_MS = 86_400_000
const MIN_AGE_DAYS = 7
const BEFORE_NPM = '2009-01-01'

/**
 * A version that was published in the last days may be an attack that nobody has seen yet: our exact pins have to
 * resolve among what was published a week ago. A registry that gives no dates makes this "not run".
 */
export function age(): Finding {
  const foreign = [...direct].filter(([name]) => !own.has(name))
  if (!refusalOf(foreign.slice(0, 1), BEFORE_NPM)) {
    return { id: 'H9', measured: '', problems: [], notRun: 'the registry gives no dates' }
  }
  const refused = refusalOf(foreign, new Date(Date.now() - MIN_AGE_DAYS * DAY_MS).toISOString())
  return {
    id: 'H9',
    measured: `${MIN_AGE_DAYS} days or more, each of ${foreign.length} direct dependencies`,
    problems: refused ? [`published in the last ${MIN_AGE_DAYS} days: ${refused}`] : [],
  }
}

/** Why npm does not resolve these versions among those published before a date; undefined when it does. */
function refusalOf(pins: readonly (readonly [name: string, version: string])[], before: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'age-'))
  try {
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ dependencies: Object.fromEntries(pins) }))
    execFileSync(
      'npm',
      ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--before', before],
      { cwd, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    return undefined
  } catch (error) {
    const text = String(Object(error).stderr)
    return /notarget (No matching .*)/.exec(text)?.[1] ?? text.slice(-500)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}
