import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** The tarballs of all our packages, by folder, as `npm publish` would send them. */
export async function packAll(folder: string): Promise<Record<string, string>> {
  const names = ['api', 'auth', 'local', 'server']
  const { stdout } = await run(
    'npm',
    [
      'pack',
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      folder,
      ...names.flatMap((name) => ['-w', `packages/${name}`]),
    ],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  )
  const packed = JSON.parse(stdout) as { name: string; filename: string }[]
  return Object.fromEntries(
    packed.map(({ name, filename }) => [
      name.replace(/^@scalekit-mcp\//, '').replace('scalekit-mcp', 'server'),
      join(folder, filename),
    ]),
  )
}

/** Installs tarballs and packages of the registry in an empty folder. */
export async function install(folder: string, specifiers: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...specifiers], { cwd: folder })
}

/** The first block of a language in a package's README. */
export function firstExample(name: string, language: string): string {
  const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8')
  const [, block] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text) ?? []
  if (block === undefined) throw new Error(`packages/${name}/README.md has no ${language} example`)
  return block
}

/** Starts a program of an installed folder on a Node version, and collects what it writes. */
export function start(
  node: readonly string[],
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const [command = '', ...first] = [...node, ...args]
  const child = spawn(command, first, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, output: () => output, ended }
}

/** Ends a program and what it started. */
export function stop(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
}
