import { readFileSync } from 'node:fs'
import type { Finding } from './finding.js'

interface Entry {
  readonly name?: string
  readonly version?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
  readonly resolved?: string
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly os?: string[]
  readonly cpu?: string[]
  readonly libc?: string[]
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

const lock: Record<string, Entry> = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages
const workspaces = Object.entries(lock).filter(([path]) => !path.includes('node_modules/'))
const installed = Object.entries(lock).filter(([path, { link }]) => path.includes('node_modules/') && !link)

/** Packages that are published, by the folder that they are in. */
export const published = workspaces.map(([path]) => path).filter((path) => path.startsWith('packages/'))

/** The names of our own packages. */
export const own = new Set(workspaces.map(([, { name }]) => name))

/** Our direct dependencies, of every workspace, with the exact version that is declared. */
export const direct = new Map(
  workspaces.flatMap(([, { dependencies, devDependencies }]) =>
    Object.entries({ ...dependencies, ...devDependencies }),
  ),
)

export const pins = (): Finding => {
  const problems = [...direct].filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))
  return {
    id: 'H2',
    measured: `${problems.length} ranges of ${direct.size} direct dependencies`,
    problems: problems.map(([name, range]) => `${name} is not pinned: ${range}`),
  }
}

export const integrity = (): Finding => {
  const without = installed.filter(([, entry]) => !entry.integrity?.startsWith('sha512-'))
  const addresses = installed.filter(([, { resolved }]) => resolved)
  return {
    id: 'H3',
    measured: `${(100 * (1 - without.length / installed.length)).toFixed(0)} % of ${installed.length}`,
    problems: [
      ...without.map(([path]) => `${path} has no sha512 integrity`),
      ...addresses.map(([path]) => `${path} carries the address of a registry`),
    ],
  }
}

/** Where everything is that comes with one of our packages. */
export const shipped = () => new Set(published.flatMap((path) => [path, ...productionTree(path)]))

/** `name@version` of a place in the lock file. */
export function packageAt(path: string): string {
  const { name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version } =
    lock[path] ?? {}
  return `${name}@${version}`
}

export const installScripts = (): Finding => {
  const trees = new Set(published.flatMap((path) => [...productionTree(path)]))
  const scripts = [...trees].filter((path) => lock[path]?.hasInstallScript)
  return {
    id: 'H4',
    measured: `${scripts.length} of ${trees.size}`,
    problems: scripts.map((path) => `${path} has an install script`),
  }
}

/** At most this many packages come with one of ours. */
const MAX_PACKAGES = 130

export const packageCount = (): Finding => {
  const counts = published.map((path) => ({ path, count: productionTree(path).size }))
  return {
    id: 'H6',
    measured: counts.map(({ path, count }) => `${path.replace('packages/', '')} ${count}`).join(', '),
    problems: counts
      .filter(({ count }) => count > MAX_PACKAGES)
      .map(({ path, count }) => `${path} brings ${count} packages`),
  }
}

export const sdkFloor = (): Finding => {
  const floors = { '@modelcontextprotocol/server': [2, 4, 0], '@modelcontextprotocol/node': [2, 1, 2] }
  const below = Object.entries(floors).filter(([name, floor]) => {
    const version = lock[`node_modules/${name}`]?.version?.split('.').map(Number) ?? [0]
    const differing = floor.findIndex((part, index) => part !== version[index])
    return differing >= 0 && (version[differing] ?? 0) < (floor[differing] ?? 0)
  })
  return {
    id: 'H16',
    measured: `${below.length} below the floor`,
    problems: below.map(([name, floor]) => `${name} is older than ${floor.join('.')}`),
  }
}

/** Everything that `npm install` of one of our packages brings on Linux, by the rules of Node's resolution. */
function productionTree(start: string): Set<string> {
  const found = new Set<string>()
  const queue = [start]
  for (const path of queue) {
    for (const name of wantedBy(lock[path] ?? {})) {
      const target = resolve(path, name)
      if (target && !found.has(target) && isForLinux(lock[target] ?? {})) {
        found.add(target)
        queue.push(target)
      }
    }
  }
  return found
}

function wantedBy({
  dependencies,
  optionalDependencies,
  peerDependencies,
  peerDependenciesMeta,
}: Entry): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional)
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
}

const isForLinux = ({ os, cpu, libc }: Entry) =>
  (os?.includes('linux') ?? true) && (cpu?.includes('x64') ?? true) && (libc?.includes('glibc') ?? true)

/** The nearest copy on the way up; a workspace is followed to its folder. */
function resolve(from: string, name: string): string | undefined {
  const steps = from.split('/node_modules/')
  for (let length = steps.length; length >= 0; length--) {
    const base = steps.slice(0, length).join('/node_modules/')
    const path = `${base ? `${base}/` : ''}node_modules/${name}`
    const entry = lock[path]
    if (entry) return entry.link ? entry.resolved : path
  }
  return undefined
}
