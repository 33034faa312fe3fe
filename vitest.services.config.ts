import { defineConfig } from 'vitest/config'

/** What needs a database server. Tests start one of their own, on a temporary folder and a free port. */
export default defineConfig({
  test: {
    include: ['test/services/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
