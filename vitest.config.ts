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
    setupFiles: ['./test/harness/reuse-rsa-keys.ts'],
    // One module graph per thread instead of one per file: four times faster, and the tests share nothing.
    pool: 'threads',
    isolate: false,
    // A third of the time is waiting, for processes, timers and the disk.
    maxWorkers: 3,
    // A test waits for an event. These limits end a test whose event never comes, and leave room for a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
  },
})
