import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { measure } from '../test/harness/measure.js'

// Changes the code that verifies and decides in the auth kit, one small change at a time, and asks whether a test
// notices (criterion A6). A later run tries again only what changed, by `results/mutation-incremental.json`.
// Arguments go to Stryker: `--mutate packages/auth/src/scopes.ts` is a quick look at one file.

const MIN_SCORE = 90
const args = process.argv.slice(2)
const { status } = spawnSync('stryker', ['run', 'stryker.config.json', ...args], { stdio: 'inherit' })
if (status === 0 && args.length === 0) noteScore()
process.exitCode = status ?? 1

/** Of the changes that a test meets or should meet, those that one noticed. */
function noteScore(): void {
  const report = JSON.parse(readFileSync('results/mutation.json', 'utf8')) as {
    files: Record<string, { mutants: { status: string }[] }>
  }
  const files = Object.values(report.files)
  const count = (...statuses: string[]) =>
    files.reduce(
      (sum, { mutants }) => sum + mutants.filter((each) => statuses.includes(each.status)).length,
      0,
    )
  const noticed = count('Killed', 'Timeout')
  const all = noticed + count('Survived', 'NoCoverage')
  const score = (100 * noticed) / all
  if (score >= MIN_SCORE)
    measure('A6', `${score.toFixed(1)}: ${noticed} of ${all} changes in ${files.length} files`)
}
