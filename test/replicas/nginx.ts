import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Certificate, fetchTrusting } from './certificate.js'

const read = (name: string) => readFileSync(new URL(`../../deploy/nginx/${name}`, import.meta.url), 'utf8')
const example = read('scalekit-mcp.conf')
const withPrefix = read('path-prefix.conf')

export interface Nginx {
  /** What it has logged. */
  log(): string
  /** Marks a replica as `down`, or no longer, and reloads. Resolves when nothing uses the former configuration any more. */
  setDown(port: number, isDown: boolean): Promise<void>
  stop(): Promise<void>
}

/**
 * Debian's nginx with the configuration of `deploy/nginx`, its addresses replaced.
 *
 * @param tls it speaks TLS with this certificate
 */
export function startNginx(port: number, ports: readonly number[], tls?: Certificate): Promise<Nginx> {
  const ask = tls ? fetchTrusting(tls) : fetch
  const health = () => ask(`${tls ? 'https' : 'http'}://localhost:${port}/health`)
  return run((down) => forReplicas(port, ports, down, tls), health)
}

/** The same nginx, with the configuration for a server under the prefix `/scalekit`. */
export function startNginxWithPrefix(port: number, target: number): Promise<Nginx> {
  const locations = withPrefix.replaceAll('scalekit-mcp:3002', `127.0.0.1:${target}`)
  return run(
    () => `server {\n  listen 127.0.0.1:${port};\n${locations}\n}`,
    () => fetch(`http://localhost:${port}/scalekit/health`),
  )
}

async function run(
  servers: (down: ReadonlySet<number>) => string,
  health: () => Promise<Response>,
): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const file = join(folder, 'nginx.conf')
  mkdirSync(join(folder, 'temporary'))
  const down = new Set<number>()
  const write = () => writeFileSync(file, configuration(folder, servers(down)))
  write()
  const nginx = spawn('nginx', ['-c', file, '-p', folder, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  nginx.stderr.on('data', (text: Buffer) => {
    said += text
  })
  await reached(health, () => said)
  return {
    log: () => said,
    async setDown(replica, isDown) {
      if (isDown) down.add(replica)
      else down.delete(replica)
      write()
      const before = workersOf(nginx)
      nginx.kill('SIGHUP')
      await expect
        .poll(() => workersOf(nginx).filter((worker) => !before.includes(worker)).length)
        .toBeGreaterThan(0)
      await expect.poll(() => workersOf(nginx).filter((worker) => before.includes(worker))).toEqual([])
    },
    async stop() {
      const ended = once(nginx, 'exit')
      nginx.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

/** The processes that serve requests. */
function workersOf({ pid }: ChildProcess): string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.split(' ').filter(Boolean)
}

function forReplicas(
  port: number,
  ports: readonly number[],
  down: ReadonlySet<number>,
  tls?: Certificate,
): string {
  const listen = tls
    ? `listen 127.0.0.1:${port} ssl;\n  ssl_certificate ${tls.certificate};\n  ssl_certificate_key ${tls.key}`
    : `listen 127.0.0.1:${port}`
  const lineOf = (each: number) =>
    `  server 127.0.0.1:${each} max_fails=1 fail_timeout=1s${down.has(each) ? ' down' : ''};\n`
  const servers = ports.map(lineOf).join('')
  return example.replaceAll(/( {2}server mcp-\d:3002 [^\n]*\n)+/g, servers).replace('listen 3002', listen)
}

function configuration(folder: string, servers: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, 'temporary', name)};`)
    .join('\n')
  return `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${join(folder, 'nginx.pid')};
worker_processes 1;
events { worker_connections 1024; }
http {
access_log off;
# A reload closes idle connections of clients, one of which may just be sending: not what is tested here.
keepalive_timeout 0;
${temporary}
# Tests choose the address that a client seems to have.
set_real_ip_from 127.0.0.1;
real_ip_header X-Forwarded-For;
${servers}
}`
}

async function reached(ask: () => Promise<Response>, said: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answered = await ask().then(
      ({ ok }) => ok,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nginx does not answer: ${said()}`)
}
