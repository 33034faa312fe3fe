import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { install, packAll } from './installed.js'

const guide = readFileSync(new URL('../../docs/guides/local-environment.md', import.meta.url), 'utf8')
const manifest = (folder: string) =>
  JSON.parse(readFileSync(new URL(`../../${folder}package.json`, import.meta.url), 'utf8'))

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'in-tests-'))
  const { api = '', local = '' } = await packAll(folder)
  const { vitest } = manifest('').devDependencies
  const { '@scalekit-sdk/node': sdk } = manifest('packages/api/').dependencies
  await install(folder, [api, local, `vitest@${vitest}`, `@scalekit-sdk/node@${sdk}`])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the tests of the guide pass in two workers at once, each with its own environment, and begin with the same data', async () => {
  const { text: example } = write('test/organizations.test.js')
  write('test/setup.js')
  write('vitest.config.mjs')
  writeFileSync(join(folder, 'test/other-worker.test.js'), example)

  const { stdout } = await promisify(execFile)(
    'npx',
    ['vitest', 'run', '--reporter=json', '--maxWorkers=2'],
    {
      cwd: folder,
    },
  )

  const { numPassedTests, numTotalTests, testResults } = JSON.parse(stdout)
  expect([numPassedTests, numTotalTests, testResults.length]).toEqual([4, 4, 2])
})

/** Writes the file of an example, which its first line names. */
function write(path: string): { text: string } {
  const [, text] = new RegExp(`\`\`\`js\\n// ${path}\\n([\\s\\S]*?)\`\`\``).exec(guide) ?? []
  if (text === undefined) throw new Error(`The guide has no ${path}`)
  mkdirSync(join(folder, dirname(path)), { recursive: true })
  writeFileSync(join(folder, path), text)
  return { text }
}
