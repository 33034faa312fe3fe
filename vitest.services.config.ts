import { defineConfig } from 'vitest/config'

/** What needs PostgreSQL or Redis: the one at the usual local port, or one that the tests start, in a temporary folder. */
export default defineConfig({
  test: {
    include: ['test/services/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
