import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (...path: string[]) => JSON.parse(readFileSync(join(root, ...path), 'utf8'))

test('the lock file of the greeting server has our versions; if not, run: npx tsx scripts/greeting-lock.ts', () => {
  const locked = read('examples/greeting/package-lock.json').packages
  const { dependencies, devDependencies } = read('examples/greeting/package.json')
  expect(locked['']).toMatchObject({ dependencies, devDependencies })
  for (const name of ['api', 'auth', 'local']) {
    const { version, dependencies } = read('packages', name, 'package.json')
    const { version: lockedVersion, dependencies: lockedDependencies } =
      locked[`node_modules/@scalekit-mcp/${name}`]
    expect([lockedVersion, lockedDependencies]).toEqual([version, dependencies])
  }
  const project = read('package-lock.json').packages
  const differing = Object.keys(locked).filter(
    (path) => project[path]?.integrity && project[path].version !== locked[path].version,
  )
  expect(differing).toEqual([])
})
