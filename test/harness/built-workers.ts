import type { Plugin } from 'vite'

const worker = "new URL('./search-worker.js', import.meta.url)"

/** A worker thread runs the built file, because Node 20 does not run TypeScript. */
export function builtWorkers(): Plugin {
  return {
    name: 'built-workers',
    enforce: 'pre',
    transform: (code) => code.replace(worker, worker.replace("'./", "'../../dist/docs-search/")),
  }
}
