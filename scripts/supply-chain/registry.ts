import { execFileSync } from 'node:child_process'
import type { Finding } from './finding.js'
import { direct } from './lock.js'

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

/** A version that was published in the last days may be an attack that nobody has seen yet. */
export function age(): Finding {
  const ages = [...direct].map(([name, version]) => {
    const published = (npm('view', name, 'time').json as Record<string, string>)[version]
    return { name, days: published ? (Date.now() - Date.parse(published)) / DAY_MS : Number.NaN }
  })
  const known = ages.filter(({ days }) => !Number.isNaN(days))
  if (known.length === 0)
    return { id: 'H9', measured: '', problems: [], notRun: 'the registry gives no dates' }
  const youngest = known.reduce((a, b) => (b.days < a.days ? b : a))
  return {
    id: 'H9',
    measured: `${Math.floor(youngest.days)} days at least, of ${known.length} with a date`,
    problems: known
      .filter(({ days }) => days < MIN_AGE_DAYS)
      .map(({ name }) => `${name} is younger than a week`),
  }
}
