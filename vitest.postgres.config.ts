import { defineConfig } from 'vitest/config'

/** The tests of the local environment's interfaces once more, on PostgreSQL: each file in a new database. */
export default defineConfig({
  test: {
    include: [
      'packages/local/test/{management,oauth,scim,control,webhooks,flow-interceptors,tls}/**/*.test.ts',
    ],
    globalSetup: ['test/services/contract-postgres.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
