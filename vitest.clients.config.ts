import { defineConfig } from 'vitest/config'

/** Official clients that are programs, through the whole sign-in in Chromium. */
export default defineConfig({
  test: {
    include: ['test/clients/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
