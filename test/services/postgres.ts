import { execFile, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from '../harness/program.js'

const USUAL = 'postgres://postgres@127.0.0.1:5432/postgres'
const INSTALLED = '/usr/lib/postgresql'

export interface Postgres {
  readonly url: string
  stop(): Promise<void>
}

/**
 * A PostgreSQL for tests: the one at DATABASE_URL, the one at the usual local port, or Debian's own in a temporary
 * directory at a free port. It has a database that nothing else uses. Options are for a server that is started.
 */
export async function startPostgres(options: readonly string[] = []): Promise<Postgres> {
  const given = process.env.DATABASE_URL
  if (given !== undefined) return { url: given, stop: async () => {} }
  const running = await databaseAt(USUAL)
  if (running) return running
  const [version] = (await readdir(INSTALLED)).sort((a, b) => Number(b) - Number(a))
  const bin = join(INSTALLED, version ?? '', 'bin')
  const owner = databaseUser()
  const data = await mkdtemp(join(tmpdir(), 'postgres-'))
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(data, owner.uid, owner.gid)
  await promisify(execFile)(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'tests', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'],
    owner,
  )
  const port = await freePort()
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data, ...options],
    {
      ...owner,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with code ${code}`)))
    server.stderr.on('data', (text: Buffer) => text.includes('ready to accept connections') && resolve())
  })
  return {
    url: `postgres://tests@127.0.0.1:${port}/postgres`,
    async stop() {
      const ended = once(server, 'exit')
      server.kill('SIGINT')
      await ended
      await rm(data, { recursive: true })
    },
  }
}

/** A new database of the server there, if one lets us in; it goes when the tests have ended. */
async function databaseAt(url: string): Promise<Postgres | undefined> {
  const name = `tests_${randomUUID().replaceAll('-', '')}`
  const created = await execute(url, `CREATE DATABASE ${name}`).then(
    () => true,
    () => false,
  )
  if (!created) return undefined
  return {
    url: url.replace(/[^/]*$/, name),
    stop: () => execute(url, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

async function execute(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 1_000 })
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** PostgreSQL refuses to run as root; the package made a user for it. */
function databaseUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (option: string) => Number(execFileSync('id', [option, 'postgres']).toString())
  return { uid: id('-u'), gid: id('-g') }
}
