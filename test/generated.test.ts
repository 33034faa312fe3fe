import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('generated files are in step with the code; if not, run: npm run generate', { timeout: 60_000 }, () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const check = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts', '--check'], {
    cwd,
    encoding: 'utf8',
  })
  expect(check.stdout).toMatch(/\d+ generated files, 0 differed/)
  expect(check.status).toBe(0)
})
