import { defineConfig } from 'vitest/config'
import { builtWorkers } from './test/harness/built-workers.js'

// A test waits for an event. These limits end a test whose event never comes, and leave room for a busy machine.
const suite = (name: string, testTimeout = 600_000) => ({
  plugins: [builtWorkers()],
  test: {
    name,
    include: [`test/${name}/*.test.ts`],
    testTimeout,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
  },
})

/** The tests that need something installed, or a long time: `npm run test:NAME` runs one of these, file after file. */
export default defineConfig({
  test: {
    fileParallelism: false,
    projects: [
      // The whole sign-in with the official clients, against the real program.
      suite('oauth'),
      // The pages in a real Chromium: Debian's, or the one that CHROMIUM names.
      suite('browser'),
      // What an application developer and their users do, as Scalekit's documentation teaches it, in Chromium.
      suite('journeys'),
      // Official clients that are programs, through the whole sign-in in Chromium.
      suite('clients'),
      // The kit on Bun, Deno and Workers.
      suite('runtimes'),
      // What needs PostgreSQL or Redis: the one at the usual local port, or one that the tests start.
      suite('services'),
      // Three replicas of the real program behind Debian's nginx, with Debian's Redis.
      suite('replicas'),
      // The packages as they are published, each installed alone in an empty folder.
      suite('packages'),
      // What deploy/ says, done: the image's layers as folders, the entry points run.
      suite('deploy'),
      // An earlier commit, built beside this one: each goes on with what the other has stored.
      suite('upgrade'),
      // What administrators ask an agent: the tasks of `npm run eval` with plans in place of a model.
      suite('eval'),
      // Messages and arguments by the thousand, a hundred kills. Short forms are in `npm test`.
      suite('long', 3_600_000),
      {
        // The tests of the local environment's interfaces once more, on PostgreSQL: each file in a new database.
        test: {
          name: 'postgres',
          include: ['packages/local/test/{api,oauth,portal,scim,control,notify,tls,dashboard}/**/*.test.ts'],
          globalSetup: ['test/services/contract-postgres.ts'],
          pool: 'threads',
          isolate: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
