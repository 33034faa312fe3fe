import { defineConfig } from 'vitest/config'

/** Generated messages and arguments, many of them. A short form is in `npm test`. */
export default defineConfig({
  test: { include: ['test/fuzz/*.test.ts'], hookTimeout: 60_000, fileParallelism: false },
})
