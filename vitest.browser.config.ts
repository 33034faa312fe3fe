import { defineConfig } from 'vitest/config'

/** The pages in a real Chromium. It is Debian's, or the one that CHROMIUM names. */
export default defineConfig({
  test: {
    include: ['test/browser/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
