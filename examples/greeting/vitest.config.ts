import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Programs and the local environment start slowly on a busy machine.
  test: { include: ['test/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 },
})
