import { readFileSync } from 'node:fs'
import { criteria, notRun } from '../../test/security/criteria.js'
import { areas, type Measurements } from '../../test/security/measurements.js'

/** `docs/security.md`: each criterion with its bar, what was measured, by which command and when. */
export function securityPage(): string {
  const measured: Measurements = JSON.parse(
    readFileSync(new URL('../../docs/security.json', import.meta.url), 'utf8'),
  )
  const tables = Object.entries(areas).map(([letter, title]) => {
    const rows = criteria.filter(([id]) => id.startsWith(letter)).map((row) => rowOf(row, measured))
    return `## ${letter} · ${title}\n\n| | what has to hold | measured in | bar | measured | command | date |\n|---|---|---|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# Security, measured

What has to hold, and what the last recorded run saw. \`npm run security\` runs the commands of the last column and writes
\`docs/security.json\`; this page is made from it. A test notes its figure only after its own assertions held, so a row
with a figure has met its bar. What we defend against, and where, is in the [threat model](threat-model.md).

${tables.join('\n')}`
}

function rowOf([id, what, metric, bar, command]: (typeof criteria)[number], measured: Measurements): string {
  const seen = measured[id]
  const figure = seen ? seen.measured : notRun[id] ? `not run: ${notRun[id]}` : 'not measured yet'
  const cells = [id, what, metric, bar, figure, `\`${command}\``, seen?.date ?? '']
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
