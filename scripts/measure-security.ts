import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CriterionId, criteria, type Measurements } from '../test/security/criteria.js'

// Runs the commands that measure the criteria of docs/security.md and writes what they saw to docs/security.json.
// Arguments: the commands to run, as `npm run security -- "npm test"`; without any, all of them.

const target = fileURLToPath(new URL('../docs/security.json', import.meta.url))
const known: Measurements = JSON.parse(readFileSync(target, 'utf8'))
const all = [...new Set(criteria.filter(([, { notRun }]) => !notRun).map(([, { command }]) => command))]
const chosen = process.argv.length > 2 ? process.argv.slice(2) : all

const record = join(tmpdir(), `security-${process.pid}.jsonl`)
const failed: string[] = []
for (const command of chosen) {
  writeFileSync(record, '')
  const fresh = new Set<CriterionId>()
  process.stdout.write(`== ${command}\n`)
  const code = await run(command)
  if (code !== 0) failed.push(command)
  const lines = readFileSync(record, 'utf8').split('\n').filter(Boolean)
  for (const { id, measured, node } of lines.map(
    (line): { id: CriterionId; measured: string; node: string } => JSON.parse(line),
  )) {
    // What several tests measure of one criterion stands side by side.
    const parts = fresh.has(id) ? [known[id]?.measured, measured] : [measured]
    fresh.add(id)
    known[id] = {
      measured: [...new Set(parts)].join('; '),
      date: new Date().toISOString().slice(0, 10),
      node,
    }
  }
}
rmSync(record, { force: true })
const sorted = criteria.flatMap(([id]) => (known[id] ? [[id, known[id]]] : []))
writeFileSync(target, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`)
const missing = criteria.filter(([id, { notRun }]) => !known[id] && !notRun).map(([id]) => id)
process.stdout.write(
  `failed: ${failed.join(', ') || 'none'}\nnot measured: ${missing.join(' ') || 'none'}\nNow: npm run generate\n`,
)
process.exitCode = failed.length + missing.length > 0 ? 1 : 0

function run(command: string): Promise<number | null> {
  const child = spawn(command, {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, SECURITY_RECORD: record },
  })
  return new Promise((resolve) => child.once('close', resolve))
}
