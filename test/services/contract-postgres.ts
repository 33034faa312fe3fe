import { startPostgres } from './postgres.js'

/** Starts a PostgreSQL for the whole run; `packages/local/test/empty-storage.ts` makes databases in it. */
export default async function setup(): Promise<() => Promise<void>> {
  // What survives a crash is another test's question; here a thousand small databases come and go.
  const postgres = await startPostgres([
    '-c',
    'fsync=off',
    '-c',
    'full_page_writes=off',
    '-c',
    'max_connections=300',
  ])
  process.env.TEST_DATABASE_URL = postgres.url
  return () => postgres.stop()
}
