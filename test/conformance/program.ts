import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort } from '../harness/program.js'

const MAIN = fileURLToPath(new URL('../../packages/server/bin/scalekit-mcp.js', import.meta.url))
const START_MS = 30_000

export interface Program {
  readonly port: number
  /** An access token for the server, from the local environment. */
  readonly token: string
  stop(): Promise<void>
}

/** Starts the real program, with the conformance fixtures and the local environment, and gets a token for it. */
export async function startProgram(proxyPort: number): Promise<Program> {
  const [port, localPort] = [await freePort(), await freePort()]
  const options = ['--port', String(port), '--local-port', String(localPort), '--memory']
  const child = spawn(process.execPath, [MAIN, 'dev', ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      CONFORMANCE_FIXTURES: '1',
      ALLOWED_HOSTS: `localhost:${proxyPort}`,
      ALLOWED_ORIGINS: `http://localhost:${proxyPort}`,
      REQUESTS_PER_MINUTE: '100000',
    },
  })
  try {
    await isReady(child, `http://localhost:${port}/ready`)
    return { port, token: await tokenFor(port, localPort), stop: () => stop(child) }
  } catch (error) {
    await stop(child)
    throw error
  }
}

async function isReady(child: ChildProcess, url: string): Promise<void> {
  const giveUpAt = Date.now() + START_MS
  while (Date.now() < giveUpAt) {
    if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode}`)
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (ok) return
    await new Promise((wait) => setTimeout(wait, 100))
  }
  throw new Error(`The program was not ready after ${START_MS} ms`)
}

async function tokenFor(port: number, localPort: number): Promise<string> {
  const response = await fetch(`http://localhost:${localPort}/__local/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scalekit-local': '1' },
    body: JSON.stringify({
      subject: 'admin@example.com',
      resource: `http://localhost:${port}/mcp`,
      scopes: ['environment:read', 'organization:read', 'workspace:read'],
    }),
  })
  const { access_token } = (await response.json()) as { access_token?: string }
  if (!access_token) throw new Error(`The local environment gave no token: ${response.status}`)
  return access_token
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = new Promise((exit) => child.once('exit', exit))
  child.kill('SIGTERM')
  await exited
}
