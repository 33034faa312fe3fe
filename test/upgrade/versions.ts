import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

/** The program of one version of this project. */
export interface Version {
  readonly name: string
  /** Starts a command and waits until an address answers with 200. */
  start(args: readonly string[], env: Record<string, string>, ready: string): Promise<Running>
}

export interface Running {
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<number | null>
}

/** What is here. */
export const newer: Version = version('newer', root)

/** An earlier commit, built in a worktree of its own. */
export async function buildOlder(commit: string): Promise<{ older: Version; remove(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'scalekit-older-'))
  await run('git', ['worktree', 'add', '--detach', folder, commit], { cwd: root })
  await run('npm', ['ci', '--ignore-scripts'], { cwd: folder, maxBuffer: 1e8 })
  await run('npm', ['run', 'build'], { cwd: folder, maxBuffer: 1e8 })
  return {
    older: version(commit, folder),
    async remove() {
      rmSync(folder, { recursive: true, force: true })
      await run('git', ['worktree', 'prune'], { cwd: root })
    },
  }
}

function version(name: string, folder: string): Version {
  const entry = join(folder, 'packages/server/bin/scalekit-mcp.js')
  return {
    name,
    async start(args, env, ready) {
      const child = spawn(process.execPath, [entry, ...args], {
        env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk
        })
      }
      await untilAnswers(ready, child, () => `${name} ${args.join(' ')}:\n${output}`)
      return { stop: () => stopped(child) }
    },
  }
}

async function untilAnswers(url: string, child: ChildProcess, said: () => string): Promise<void> {
  const headers = { 'x-scalekit-local': '1' }
  for (let attempt = 0; attempt < 600 && child.exitCode === null; attempt++) {
    const answer = await fetch(url, { headers }).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not ready: ${said()}`)
}

function stopped(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode)
  const end = new Promise<number | null>((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  return end
}
