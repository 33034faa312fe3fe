import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './program.js'

/** Debian's Redis on a free port, which keeps what it acknowledged. */
export interface RedisServer {
  readonly url: string
  /** Ends it with SIGKILL. */
  kill(): Promise<void>
  revive(): Promise<void>
  /** Stops it from answering, with its connections open (SIGSTOP). */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

/** The Redis at the usual local port, or one that is started: for tests that neither end it nor empty it. */
export async function findRedis(): Promise<Pick<RedisServer, 'url' | 'stop'>> {
  const usual = createConnection(6379, '127.0.0.1')
  const running = await new Promise<boolean>((resolve) => {
    usual.once('error', () => resolve(false))
    usual.once('data', (text) => resolve(text.toString().startsWith('+PONG')))
    usual.end('PING\r\n')
    usual.setTimeout(1_000, () => resolve(false))
  })
  usual.destroy()
  return running ? { url: 'redis://127.0.0.1:6379', stop: async () => undefined } : startRedis()
}

export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  const data = await mkdtemp(join(tmpdir(), 'redis-'))
  let server = await start(port, data)
  const kill = async () => {
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async revive() {
      server = await start(port, data)
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async stop() {
      await kill()
      await rm(data, { recursive: true })
    },
  }
}

async function start(port: number, data: string): Promise<ChildProcess> {
  const server = spawn(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', data],
      ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
    server.stdout?.on('data', (text: Buffer) => {
      if (text.includes('Ready to accept connections')) resolve()
    })
  })
  return server
}
