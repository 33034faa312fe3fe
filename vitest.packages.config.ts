import { defineConfig } from 'vitest/config'

/** The packages as they are published, each installed alone in an empty folder. */
export default defineConfig({
  test: {
    include: ['test/packages/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
})
