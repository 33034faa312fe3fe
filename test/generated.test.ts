import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { measure } from './harness/measure.js'

test('generated files match the code; if they do not, run: npm run generate', async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const check = promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/generate.ts', '--check'], {
    cwd,
  })
  // Also where it ends with a status other than 0.
  const { stdout, stderr } = await check.catch((error: { stdout: string; stderr: string }) => error)
  const [, files, differed] = /(\d+) generated files, (\d+) differed/.exec(stdout) ?? []
  expect(stdout, stderr).toMatch(/\d+ generated files, 0 differed/)
  await expect(check).resolves.toMatchObject({ stdout })
  // The snapshot of every tool is among them: a change of one without its snapshot would differ.
  measure('H14', `${differed} of ${files} generated files differ, the snapshots of all tools among them`)
})
