import { defineConfig } from 'vitest/config'

/** What takes many minutes: messages and arguments by the thousand, a hundred kills. Short forms are in `npm test`. */
export default defineConfig({
  test: { include: ['test/long/*.test.ts'], hookTimeout: 60_000, fileParallelism: false },
})
