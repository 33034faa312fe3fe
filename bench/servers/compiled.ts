import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * Compiles the servers of this folder to JavaScript, so that no loader of TypeScript runs while they start: what they
 * import stays as it is published.
 */
export async function compileServers(): Promise<void> {
  await build({
    entryPoints: [at('./recipe.ts'), at('./floor.ts')],
    // Beside this folder: imports by path stay right.
    outdir: at('../.compiled'),
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  })
}
