import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Writes examples/greeting/package-lock.json: the versions of our own lock file, and our packages as `npm run vendor`
// packs them. They change with every commit, so the lock file has no hash of them.

const root = fileURLToPath(new URL('../', import.meta.url))
const example = join(root, 'examples/greeting')

interface Entry {
  link?: boolean
  integrity?: string
  resolved?: string
}
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const write = (path: string, value: unknown) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })

const folder = mkdtempSync(join(tmpdir(), 'greeting-lock-'))
npm(example, 'run', 'vendor')
cpSync(join(example, 'vendor'), join(folder, 'vendor'), { recursive: true })

const manifest = read(join(example, 'package.json'))
const tarballs = Object.fromEntries(
  ['api', 'auth', 'local'].map((name) => {
    const { version } = read(join(root, 'packages', name, 'package.json'))
    return [`@scalekit-mcp/${name}`, `file:vendor/scalekit-mcp-${name}-${version}.tgz`]
  }),
)
const { ['@scalekit-mcp/auth']: auth, ...development } = tarballs
write(join(folder, 'package.json'), {
  ...manifest,
  dependencies: { ...manifest.dependencies, '@scalekit-mcp/auth': auth },
  devDependencies: { ...manifest.devDependencies, ...development },
})
const ours: Record<string, Entry> = read(join(root, 'package-lock.json')).packages
write(join(folder, 'package-lock.json'), {
  lockfileVersion: 3,
  packages: Object.fromEntries(
    Object.entries(ours).filter(([path, { link }]) => path.startsWith('node_modules/') && !link),
  ),
})
npm(folder, 'install', '--package-lock-only', '--ignore-scripts')

const lock = read(join(folder, 'package-lock.json'))
for (const entry of Object.values<Entry>(lock.packages)) {
  if (entry.resolved?.startsWith('file:')) delete entry.integrity
  else delete entry.resolved
}
const { dependencies, devDependencies } = manifest
Object.assign(lock.packages[''], { dependencies, devDependencies })
write(join(example, 'package-lock.json'), lock)
rmSync(folder, { recursive: true })
