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
    // A test waits for what happens, not for a time: these end one whose event never comes, also on a machine with ten others.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 120_000 } },
  },
})
