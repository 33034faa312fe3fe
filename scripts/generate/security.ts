import { readFileSync } from 'node:fs'
import { areas, type Criterion, type CriterionId, type Measurements } from '../../test/security/criteria.js'

/** `docs/security.md`: each criterion with its bar, what was measured, by which command and when. */
export function securityPage(): string {
  const measured: Measurements = JSON.parse(
    readFileSync(new URL('../../docs/security.json', import.meta.url), 'utf8'),
  )
  const tables = areas.map(({ title, criteria }) => {
    const letter = criteria[0]?.[0].charAt(0)
    const rows = criteria.map(([id, criterion]) => rowOf(id, criterion, measured))
    return `## ${letter} · ${title}\n\n| | what has to hold | measured in | bar | measured | command | date |\n|---|---|---|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# Security, measured

What has to hold, and what the last recorded run saw. \`npm run security\` runs the commands of the last column and writes
\`docs/security.json\`; this page is made from it. A test notes its figure only after its own assertions held, so a row
with a figure has met its bar. What we defend against, and where, is in the [threat model](threat-model.md).

${tables.join('\n')}`
}

function rowOf(
  id: CriterionId,
  { what, metric, bar, command, notRun }: Criterion,
  measured: Measurements,
): string {
  const seen = measured[id]
  const figure = seen ? seen.measured : notRun ? `not run: ${notRun}` : 'not measured yet'
  const cells = [id, what, metric, bar, figure, `\`${command}\``, seen?.date ?? '']
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
