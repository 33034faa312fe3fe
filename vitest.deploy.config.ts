import { defineConfig } from 'vitest/config'

/** What deploy/ says, done: the image's layers as folders, the entry points run. */
export default defineConfig({
  test: {
    include: ['test/deploy/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 400_000,
    fileParallelism: false,
  },
})
