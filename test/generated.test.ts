import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { measure } from './harness/measure.js'

test('generated files are in step with the code; if not, run: npm run generate', () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const check = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts', '--check'], {
    cwd,
    encoding: 'utf8',
  })
  expect(check.stdout).toMatch(/\d+ generated files, 0 differed/)
  expect(check.status).toBe(0)
  // The snapshot of every tool is among them: a change of one without its snapshot would differ.
  measure(
    'H14',
    `0 of ${/(\d+) generated files/.exec(check.stdout)?.[1]} generated files differ, the snapshots of all tools among them`,
  )
})
