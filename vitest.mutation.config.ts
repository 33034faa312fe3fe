import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The first failure ends a run: what is quick and close to the rules goes first, the corpora of hostile input last. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      [
        'verify-token',
        'key-set',
        'revocation',
        'protect.',
        'edge',
        'mcp-',
        'serverless',
        'hostile',
      ].findIndex((name) => moduleId.includes(`/test/${name}`))
    return [...files].sort((a, b) => rank(a) - rank(b))
  }
}

/** The tests of the auth kit against its source, so that a changed line is what they meet. For `npm run mutation`. */
export default defineConfig({
  resolve: {
    alias: ['index', 'server'].map((entry) => ({
      find: entry === 'index' ? /^@scalekit-mcp\/auth$/ : /^@scalekit-mcp\/auth\/server$/,
      replacement: fileURLToPath(new URL(`./packages/auth/src/${entry}.ts`, import.meta.url)),
    })),
  },
  test: {
    include: ['packages/auth/test/*.test.ts'],
    // Its workers are processes of their own, on the built files, which no mutation reaches.
    exclude: ['packages/auth/test/cluster.test.ts'],
    // Ten thousand random tokens for each of a thousand changes would take a day.
    testNamePattern: /^(?!.*10,000)/,
    isolate: false,
    sequence: { sequencer: QuickFirst },
    testTimeout: 20_000,
  },
})
