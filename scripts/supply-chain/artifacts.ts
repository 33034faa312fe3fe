import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding } from './finding.js'
import { published } from './lock.js'

/** Clones, installs without scripts, tests, packs, and packs a second clone: the same bytes have to come out. */
export function artifacts(): Finding[] {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'artifact-')))
  try {
    const [first = new Map(), second = new Map()] = folders.map(pack)
    const differing = [...first].filter(([name, digest]) => second.get(name) !== digest).map(([name]) => name)
    const tested = run(folders[0] ?? '', 'npm', ['test'])
    return [
      {
        id: 'H11',
        measured: `${differing.length} of ${first.size} differ`,
        problems: differing.map((name) => `${name} is not the same when it is built again`),
      },
      {
        id: 'H5',
        measured: tested ? '0 failures' : 'failed',
        problems: tested ? [] : ['npm ci --ignore-scripts && npm test fails in a fresh clone'],
      },
    ]
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}

function pack(folder: string): Map<string, string> {
  const packed = join(folder, 'packed')
  execFileSync('git', ['clone', '--quiet', '.', folder])
  if (!run(folder, 'npm', ['ci', '--ignore-scripts']) || !run(folder, 'npm', ['run', 'build'])) {
    throw new Error('A fresh clone cannot be built.')
  }
  execFileSync('mkdir', [packed])
  run(folder, 'npm', [
    'pack',
    '--ignore-scripts',
    '--pack-destination',
    packed,
    ...published.flatMap((path) => ['-w', path]),
  ])
  return new Map(
    readdirSync(packed).map((name) => [
      name,
      createHash('sha512')
        .update(readFileSync(join(packed, name)))
        .digest('hex'),
    ]),
  )
}

function run(cwd: string, command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 2 ** 28 })
    return true
  } catch (error) {
    process.stderr.write(String(Object(error).stderr ?? error).slice(-2_000))
    return false
  }
}
