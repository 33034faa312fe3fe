import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

export const folder = fileURLToPath(new URL('..', import.meta.url))

export interface Program {
  output(): string
  /** Sends a signal to it and to what it started, as a terminal does. */
  signal(name: NodeJS.Signals): void
  /** How it ended. */
  readonly ended: Promise<number | null>
}

/** Runs a command with these environment variables and no others. */
export function run(
  [command = '', ...args]: readonly string[],
  env: Record<string, string> = {},
  cwd = folder,
): Program {
  const { PATH = '', HOME = '' } = process.env
  const child: ChildProcess = spawn(command, args, { cwd, env: { PATH, HOME, ...env }, detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk
    })
  }
  return {
    output: () => output,
    signal(name) {
      if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name)
    },
    ended: once(child, 'close').then(([code]) => code),
  }
}

/** Waits until a program wrote a text. */
export async function untilWritten({ output }: Program, text: string | RegExp): Promise<void> {
  await expect.poll(output, { timeout: 120_000 }).toMatch(text)
}

/** Waits until the server on a port is healthy. */
export async function untilHealthy(port: string): Promise<void> {
  const status = () =>
    fetch(`http://localhost:${port}/health`).then(
      (response) => response.status,
      () => 0,
    )
  await expect.poll(status, { timeout: 120_000 }).toBe(200)
}

/** A port on which nothing listens, below those that systems give to whoever asks for any. */
export async function freePort(): Promise<string> {
  for (;;) {
    const port = randomInt(10_000, 30_000)
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, () => resolve(true))
    })
    if (!free) continue
    await new Promise((resolve) => server.close(resolve))
    return String(port)
  }
}

/** The body of a tool call, and the headers of an MCP client. */
export const callOf = (name: string, args: object) => ({
  headers: {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-11-25',
  },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
})
