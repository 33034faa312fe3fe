import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A runtime that serves a program on a port. */
export interface Runtime {
  readonly name: string
  /** @param file the program. It reads its variables as programs of this runtime do, `PORT` included */
  start(file: string, variables: Record<string, string>): Promise<{ stop(): Promise<unknown> }>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const modules = join(root, 'test/runtimes/node_modules')

export const node = (name: string): Runtime => ({
  name,
  start: (file, variables) => program([process.execPath, '--import', 'tsx', file], variables),
})

const bun: Runtime = {
  name: 'Bun',
  start: (file, variables) => program([binary('@oven/bun-', 'bin/bun'), 'run', file], variables),
}

const deno: Runtime = {
  name: 'Deno',
  start: (file, variables) =>
    program(
      [
        binary('@deno/', 'deno'),
        'run',
        '--allow-net',
        '--allow-env',
        '--allow-read',
        '--no-lock',
        '--node-modules-dir=manual',
        file,
      ],
      { ...variables, DENO_DIR: mkdtempSync(join(tmpdir(), 'deno-')), DENO_NO_UPDATE_CHECK: '1' },
    ),
}

/** The runtime of Cloudflare Workers, with the program bundled as wrangler does. */
const workers: Runtime = {
  name: 'Workers',
  async start(file, { PORT, ...variables }) {
    const { outputFiles } = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      conditions: ['workerd', 'worker', 'browser'],
      absWorkingDir: root,
    })
    const { Miniflare } = createRequire(`${modules}/`)('miniflare')
    const worker = new Miniflare({
      modules: true,
      script: outputFiles[0]?.text,
      compatibilityDate: '2026-04-01',
      host: '127.0.0.1',
      port: Number(PORT),
      bindings: variables,
    })
    await worker.ready
    return { stop: () => worker.dispose() }
  },
}

export const runtimes: readonly Runtime[] = [bun, deno, workers]

/** The package for this machine; npm installs no other one. */
function binary(prefix: string, path: string): string {
  const names = [
    'linux-x64',
    'linux-aarch64',
    'darwin-aarch64',
    'linux-x64-glibc',
    'linux-arm64-glibc',
    'darwin-arm64',
  ]
  const found = names.map((name) => join(modules, prefix + name, path)).find((each) => existsSync(each))
  if (found === undefined)
    throw new Error(`Not installed: run npm ci --prefix test/runtimes --ignore-scripts`)
  return found
}

async function program([command = '', ...args]: readonly string[], variables: Record<string, string>) {
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      said += text
    })
  }
  await answering(`http://127.0.0.1:${variables.PORT}/`, child, () => said)
  return {
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function answering(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode}: ${said()}`)
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
