import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../../packages/server/bin/scalekit-mcp.js', import.meta.url))

/** Two minutes: a program starts in a second, and on a busy machine in many. */
const READY_ATTEMPTS = 2_400

/** The real program, in a process of its own. */
export interface Program {
  readonly url: string
  readonly localUrl: string
  readonly process: ChildProcess
  /** Everything that it wrote so far, stdout and stderr. */
  output(): string
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/**
 * Runs the command line with arguments, as a user does.
 *
 * @param cwd whose `.env` is read; by default a folder without one, not that of the developer who runs the tests
 */
export function run(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd: string = tmpdir(),
): ChildProcess {
  return spawn(process.execPath, [entry, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs a command to its end. */
export async function runToEnd(args: readonly string[], env: Record<string, string> = {}, cwd?: string) {
  const child = run(args, env, cwd)
  const output = collect(child)
  const code = await ended(child)
  return { code, stdout: output.stdout(), stderr: output.stderr() }
}

/**
 * Sends again what a program had no time for: on a busy machine it may wait for its own API for too long, and the answer then tells a
 * client to send it again.
 */
export async function inTime<Answer>(
  send: () => Promise<Answer>,
  ranOut: (answer: Answer) => boolean,
): Promise<Answer> {
  let answer = await send()
  while (ranOut(answer)) answer = await send()
  return answer
}

/** Starts `scalekit-mcp dev` on free ports and waits until it is ready. */
export async function startDev(
  options: { env?: Record<string, string>; args?: readonly string[]; port?: number; localPort?: number } = {},
): Promise<Program> {
  const port = options.port ?? (await freePort())
  const localPort = options.localPort ?? (await freePort())
  const storage = options.args?.includes('--data') ? [] : ['--memory']
  const child = run(
    ['dev', '--port', String(port), '--local-port', String(localPort), ...storage, ...(options.args ?? [])],
    { LOG_LEVEL: 'info', ...options.env },
  )
  const output = collect(child)
  const program: Program = {
    url: `http://localhost:${port}/mcp`,
    localUrl: `http://localhost:${localPort}`,
    process: child,
    output: () => output.stdout() + output.stderr(),
    stop: (signal) => stop(child, signal),
  }
  await untilReady(`http://localhost:${port}/ready`, child, program.output)
  return program
}

/** The local environment alone, and what it printed about itself. */
export interface LocalProgram {
  readonly url: string
  readonly process: ChildProcess
  output(): string
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts `scalekit-mcp local` on a free port and waits until it says where it is. */
export async function startLocalProgram(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<LocalProgram> {
  const child = run(['local', ...args], { LOCAL_PORT: '0', ...env })
  const output = collect(child)
  for (let attempt = 0; attempt < READY_ATTEMPTS && child.exitCode === null; attempt++) {
    const [, url] = /^ {2}Local Scalekit environment +(https?:\S+)/m.exec(output.stdout()) ?? []
    if (url) return { url, process: child, output: output.stdout, stop: (signal) => stop(child, signal) }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not ready, exit code ${child.exitCode}:\n${output.stdout()}${output.stderr()}`)
}

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  const end = ended(child)
  child.kill(signal)
  return end
}

/** A token of the local environment, as `scalekit-mcp token` gets it. */
export async function mintToken(
  program: Pick<Program, 'localUrl'>,
  request: Record<string, unknown> = {},
): Promise<string> {
  const response = await fetch(`${program.localUrl}/__local/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scalekit-local': '1' },
    body: JSON.stringify({
      subject: 'admin@example.com',
      scopes: ['environment:read', 'organization:read'],
      ...request,
    }),
  })
  if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`)
  return ((await response.json()) as { access_token: string }).access_token
}

/**
 * Below the ports that systems give to whoever asks for any: nobody gets one of these between here and its use. Above those that
 * browsers and `fetch` block (https://fetch.spec.whatwg.org/#port-blocking).
 */
const PORTS = { first: 10_081, last: 29_999 }
const portsFrom = (first: number) => {
  let next = first
  return () => {
    const port = next
    next = next === PORTS.last ? PORTS.first : next + 1
    return port
  }
}
// Each thread of the tests counts from elsewhere.
const nextPort = portsFrom(randomInt(PORTS.first, PORTS.last))

/** A port on which nothing listens, for a program that has to be told its own. Each call gives another one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort()
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, () => resolve(true))
    })
    if (!free) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

function collect(child: ChildProcess) {
  const text = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk
  })
  return { stdout: () => text.stdout, stderr: () => text.stderr }
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => child.once('close', (code) => resolve(code)))
}

export async function untilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < READY_ATTEMPTS; attempt++) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}:\n${output()}`)
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not ready after two minutes:\n${output()}`)
}
