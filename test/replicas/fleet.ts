import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { freePort, mintToken, run, untilReady } from '../harness/program.js'
import { type RedisServer, startRedis } from '../harness/redis.js'
import { type Nginx, startNginx } from './nginx.js'

const allScopes = ['workspace', 'environment', 'organization'].flatMap((each) => [
  `${each}:read`,
  `${each}:write`,
])

/** One process of the server. */
export interface Replica {
  readonly port: number
  /** Reaches this replica past nginx. */
  readonly url: string
  /** What it has logged, over all its lives. */
  log(): Record<string, unknown>[]
  end(signal: NodeJS.Signals): Promise<number | null>
  start(): Promise<void>
}

/** Three replicas behind nginx, with one Redis and one local environment. */
export interface Fleet {
  readonly url: string
  readonly local: LocalScalekit
  readonly redis: RedisServer
  readonly nginx: Nginx
  readonly replicas: readonly Replica[]
  token(request?: Record<string, unknown>): Promise<string>
  stop(): Promise<void>
}

export async function startFleet(env: Record<string, string> = {}): Promise<Fleet> {
  const ports = [await freePort(), await freePort(), await freePort()]
  const redis = await startRedis()
  const nginxPort = await freePort()
  const resource = `http://localhost:${nginxPort}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const replicas = ports.map((each) =>
    createReplica(each, {
      ...localEnvironment(local, resource),
      PORT: String(each),
      ALLOWED_HOSTS: ports.map((one) => `localhost:${one}`).join(','),
      TRUST_PROXY: '1',
      REDIS_URL: redis.url,
      STATE_KEY: 'the-same-key-on-every-replica-0123456789',
      AUDIT_FILE: 'none',
      LOG_LEVEL: 'info',
      ...env,
    }),
  )
  await Promise.all(replicas.map((replica) => replica.start()))
  const nginx = await startNginx(nginxPort, ports)
  return {
    url: resource,
    local,
    redis,
    nginx,
    replicas,
    token: (request = {}) => mintToken({ localUrl: local.url }, { scopes: allScopes, resource, ...request }),
    async stop() {
      await nginx.stop()
      await Promise.all(replicas.map((replica) => replica.end('SIGKILL')))
      await redis.stop()
      await local.close()
    },
  }
}

function createReplica(port: number, env: Record<string, string>): Replica {
  let child: ChildProcess | undefined
  let said = ''
  return {
    port,
    url: `http://localhost:${port}/mcp`,
    log: () =>
      said
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line)),
    async start() {
      const started = run(['serve'], env)
      child = started
      started.stderr?.on('data', (text: Buffer) => {
        said += text
      })
      await untilReady(`http://localhost:${port}/ready`, started, () => said)
    },
    async end(signal) {
      if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
      const ended = once(child, 'exit')
      child.kill(signal)
      const [code] = await ended
      return code
    },
  }
}
