import { resolve } from 'node:path'
import { createLocalScalekit, LocalError, type LocalOptions, type LocalScalekit } from '@scalekit-mcp/local'
import { localDefaults, localNetwork, localToken } from '../config/config.js'
import { stopOnSignal, UsageError } from './exit.js'
import { parsePort } from './parse-port.js'

/** The seeded DEV environment and its client: they exist on this machine only. */
const seeded = {
  environment: 'env_100000000000000001',
  clientId: 'skc_100000000000000001',
  clientSecret: 'test_local_secret',
}

interface StorageOptions {
  readonly data: string
  readonly memory?: true
  readonly databaseUrl?: string
  readonly seed?: string
}

interface LocalCommandOptions extends StorageOptions {
  readonly port?: string
  readonly host?: string
  readonly tls?: true
}

/** `scalekit-mcp local`: the local environment alone, for those who build on Scalekit. */
export async function local(options: LocalCommandOptions): Promise<void> {
  const defaults = localDefaults()
  const environment = await startLocal({
    ...storage({ ...(defaults.databaseUrl ? { databaseUrl: defaults.databaseUrl } : {}), ...options }),
    port: parsePort(options.port ?? defaults.localPort ?? '8787', '--port (LOCAL_PORT)', 0),
    ...(options.host ? { network: { host: options.host, ...localNetwork() } } : {}),
    ...(options.tls ? { tls: resolve(options.data, 'tls') } : {}),
  })
  stopOnSignal(() => environment.close())
  process.stdout.write(greeting(environment))
}

/** Where the local environment keeps its data, and what it starts with. */
export function storage({ data, memory, databaseUrl, seed }: StorageOptions): LocalOptions {
  return {
    ...(memory ? { memory: true } : { data }),
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(seed ? { seed } : {}),
  }
}

/** What the local environment refuses is a mistake in how it was called. */
export async function startLocal(options: LocalOptions): Promise<LocalScalekit> {
  try {
    return await createLocalScalekit(options)
  } catch (error) {
    if (error instanceof LocalError) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

function greeting({ url, certFile, token }: LocalScalekit): string {
  const { environment, clientId, clientSecret } = seeded
  const trust = certFile ? `NODE_EXTRA_CA_CERTS=${certFile} ` : ''
  const shown =
    token && token !== localToken()
      ? `\n  Token (LOCAL_TOKEN)          ${token}   for /__local and the dashboard`
      : ''
  const elsewhere = url === 'http://localhost:8787' ? '' : ` --local-url ${url}`
  return `
  Local Scalekit environment   ${url}   dashboard; sign in as admin@example.com or viewer@example.com
  Environment (issuer)         ${url}/${environment}${shown}

  Point the Scalekit SDK at it:
    SCALEKIT_ENVIRONMENT_URL=${url}/${environment}
    SCALEKIT_CLIENT_ID=${clientId}
    SCALEKIT_CLIENT_SECRET=${clientSecret}${certFile ? `\n    NODE_EXTRA_CA_CERTS=${certFile}` : ''}

    new Scalekit('${url}/${environment}', '${clientId}', '${clientSecret}')

  A token for curl:            ${trust}npx scalekit-mcp token${elsewhere}
  Stop with Ctrl+C.

`
}
