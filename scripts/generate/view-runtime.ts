import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** The script of views (`packages/server/browser/view.ts`) as a string that the server puts into its pages. */
export function viewRuntime(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('../../packages/server/browser/view.ts', import.meta.url))],
    write: false,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    minifySyntax: true,
    minifyWhitespace: true,
    // What is inlined into an element must not end it.
    supported: { 'inline-script': false },
  })
  const [{ text } = { text: '' }] = outputFiles
  return `// Made from browser/view.ts by "npm run generate".\nexport const viewRuntime = ${JSON.stringify(text)}\n`
}
