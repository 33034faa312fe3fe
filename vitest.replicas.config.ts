import { defineConfig } from 'vitest/config'

/** Three replicas of the real program behind Debian's nginx, with Debian's Redis, all started by the tests. */
export default defineConfig({
  test: {
    include: ['test/replicas/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
