import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CriterionId, criteria, type Measurements } from '../test/security/criteria.js'

// Runs the commands that measure the criteria of docs/security.md and writes what each saw to docs/security.json when
// it ends. Arguments: the commands to run, as `npm run security -- "npm test"`; without any, all of them.

const target = fileURLToPath(new URL('../docs/security.json', import.meta.url))
const all = [...new Set(criteria.filter(([, { notRun }]) => !notRun).map(([, { command }]) => command))]
const chosen = process.argv.length > 2 ? process.argv.slice(2) : all

const record = join(tmpdir(), `security-${process.pid}.jsonl`)
const failed: string[] = []
for (const command of chosen) {
  writeFileSync(record, '')
  process.stdout.write(`== ${command}\n`)
  const code = await run(command)
  if (code !== 0) failed.push(command)
  note(
    readFileSync(record, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  )
}
rmSync(record, { force: true })
const known = read()
const missing = criteria.filter(([id, { notRun }]) => !known[id] && !notRun).map(([id]) => id)
process.stdout.write(
  `failed: ${failed.join(', ') || 'none'}\nnot measured: ${missing.join(' ') || 'none'}\nNow: npm run generate\n`,
)
process.exitCode = failed.length + missing.length > 0 ? 1 : 0

function read(): Measurements {
  return JSON.parse(readFileSync(target, 'utf8'))
}

/** Read anew and written at once: a run that takes an hour keeps what others have recorded meanwhile. */
function note(lines: readonly { id: CriterionId; measured: string; node: string }[]): void {
  const noted = read()
  const fresh = new Set<CriterionId>()
  for (const { id, measured, node } of lines) {
    // What several tests measure of one criterion stands side by side.
    const parts = fresh.has(id) ? [noted[id]?.measured, measured] : [measured]
    fresh.add(id)
    noted[id] = {
      measured: [...new Set(parts)].join('; '),
      date: new Date().toISOString().slice(0, 10),
      node,
    }
  }
  const sorted = criteria.flatMap(([id]) => (noted[id] ? [[id, noted[id]]] : []))
  writeFileSync(target, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`)
}

function run(command: string): Promise<number | null> {
  const child = spawn(command, {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, SECURITY_RECORD: record },
  })
  return new Promise((resolve) => child.once('close', resolve))
}
