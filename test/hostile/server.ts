import type { ChildProcess } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, run, untilReady } from '../harness/program.js'
import type { Profile } from './corpus.js'
import type { PlayedScalekit } from './scalekit.js'

export const CLIENT_SECRET = 'test_local_secret'

/** The real program, in a process of its own. */
export interface ServerUnderTest {
  readonly port: number
  readonly host: string
  readonly resource: string
  readonly process: ChildProcess
  log(): string
  /** The text of the audit file, once the records of the last answers are written. */
  audit(): Promise<string>
  /** Requests in the audit. */
  auditedRequests(): Promise<number>
  residentMegabytes(): number
  stop(): Promise<void>
}

/** Starts `scalekit-mcp serve` in front of a played Scalekit and waits until it is ready. */
export async function startServer(scalekit: PlayedScalekit, profile: Profile): Promise<ServerUnderTest> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'))
  const auditFile = join(folder, 'audit.jsonl')
  const host = `127.0.0.1:${port}`
  const resource = `http://${host}/mcp`
  const child = run(['serve'], {
    PORT: String(port),
    SCALEKIT_WORKSPACE_URL: scalekit.url,
    SCALEKIT_CLIENT_ID: 'skc_1',
    SCALEKIT_CLIENT_SECRET: CLIENT_SECRET,
    EXPECTED_AUDIENCE: resource,
    INTROSPECTION_URL: `${scalekit.url}/oauth/introspect`,
    TOKEN_PROFILE: profile,
    SCOPE_NAMES: 'short',
    ALLOWED_ORIGINS: 'https://app.example.com',
    REQUESTS_PER_MINUTE: '1000000',
    LOG_LEVEL: 'debug',
    AUDIT_FILE: auditFile,
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (log += chunk))
  /** The log and the audit are written in batches: they are whole when both have stopped growing. */
  async function audit(): Promise<string> {
    for (let before = -1; ; ) {
      await new Promise((resolve) => setTimeout(resolve, 800))
      const text = readFileSync(auditFile, 'utf8')
      if (text.length + log.length === before) return text
      before = text.length + log.length
    }
  }
  await untilReady(`http://${host}/ready`, child, () => log)
  return {
    port,
    host,
    resource,
    process: child,
    log: () => log,
    audit,
    auditedRequests: async () => (await audit()).match(/"type":"request"/g)?.length ?? 0,
    residentMegabytes: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async stop() {
      const ended = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}
