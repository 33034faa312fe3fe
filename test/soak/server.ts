import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { auditPlace } from '../../packages/server/test/audit-records.js'
import { freePort, mintToken, run, untilReady } from '../harness/program.js'
import { type Inspector, openInspector } from './inspector.js'

const ours = fileURLToPath(new URL('../..', import.meta.url))
/** The resource of the seed's MCP server. */
const resource = 'http://localhost:3002/mcp'

export interface SoakServer {
  readonly port: number
  readonly inspector: Inspector
  readonly audit: { readonly file: string; readonly keyFile: string }
  token(claims: Record<string, unknown>): Promise<string>
  residentMegabytes(): number
  /** Stops it as an operator does. @returns its exit code */
  stop(): Promise<number>
}

/**
 * The real server in a process of its own, in front of the local environment in another; audit and log are on.
 *
 * @param root of the checkout whose server it is; the local environment is always ours
 */
export async function startSoakServer(root = ours): Promise<SoakServer> {
  const entry = join(root, 'packages/server/bin/scalekit-mcp.js')
  const [port, localPort, inspectorPort] = [await freePort(), await freePort(), await freePort()]
  const localUrl = `http://localhost:${localPort}`
  const audit = await auditPlace()
  const local = run(['local', '--memory', '--port', String(localPort)])
  local.stdout?.resume()
  local.stderr?.resume()
  await untilReady(`${localUrl}/workspace/keys`, local, () => '')
  const child = spawn(process.execPath, [`--inspect=127.0.0.1:${inspectorPort}`, entry, 'serve'], {
    env: { PATH: process.env.PATH ?? '', ...environment(localUrl, port), AUDIT_FILE: audit.file },
    stdio: 'ignore',
  })
  await untilReady(`http://localhost:${port}/ready`, child, () => '')
  const inspector = await openInspector(inspectorPort)
  return {
    port,
    inspector,
    audit,
    token: (claims) =>
      mintToken(
        { localUrl },
        { resource, claims, expires_in: 43_200, scopes: ['environment:read', 'organization:read'] },
      ),
    residentMegabytes: () => residentOf(child),
    async stop() {
      inspector.close()
      child.kill('SIGTERM')
      const [code] = await once(child, 'close')
      local.kill('SIGKILL')
      return Number(code)
    },
  }
}

function environment(localUrl: string, port: number): Record<string, string> {
  return {
    SCALEKIT_WORKSPACE_URL: `${localUrl}/workspace`,
    SCALEKIT_CLIENT_ID: 'skc_100000000000000000',
    SCALEKIT_CLIENT_SECRET: 'test_local_secret',
    EXPECTED_AUDIENCE: resource,
    ALLOWED_HOSTS: `localhost:${port}`,
    PORT: String(port),
    REQUESTS_PER_MINUTE: '1000000',
    LOG_LEVEL: 'info',
  }
}

function residentOf({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}
