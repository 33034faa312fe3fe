import { defineConfig } from 'vitest/config'

/** The whole sign-in with the official clients, against the real program. */
export default defineConfig({
  test: {
    include: ['test/oauth/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
