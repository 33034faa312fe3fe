import { defineConfig } from 'vitest/config'
import { builtWorkers } from './test/harness/built-workers.js'

/** The tests that need no installed service. Services, browser and soak tests have their own scripts. */
export default defineConfig({
  plugins: [builtWorkers()],
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'test/*.test.ts',
    ],
    // One module graph per thread instead of one per file: four times faster, and the tests share nothing.
    pool: 'threads',
    isolate: false,
    // Half of the time is waiting, for processes and timers: two at once, also where vitest would take one.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
