import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { LocalOptions } from '../src/index.js'

/**
 * Where the local environment of a test keeps its data: in memory, or, with `TEST_DATABASE_URL`, in a new database
 * of that PostgreSQL server. The same tests hold on both.
 */
export async function emptyStorage(): Promise<Pick<LocalOptions, 'memory' | 'databaseUrl'>> {
  const server = process.env.TEST_DATABASE_URL
  if (server === undefined) return { memory: true }
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const databaseUrl = new URL(server)
  databaseUrl.pathname = `/${name}`
  return { databaseUrl: databaseUrl.href }
}
