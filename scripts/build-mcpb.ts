import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

// Makes the MCPB bundle: the manifest, and the server with everything that it needs as one folder. With --folder it
// stops before it packs the folder into one file.

const root = fileURLToPath(new URL('../', import.meta.url))
const folder = `${root}packages/server/mcpb-build`

rmSync(folder, { recursive: true, force: true })
mkdirSync(`${folder}/server`, { recursive: true })
cpSync(`${root}packages/server/mcpb/manifest.json`, `${folder}/manifest.json`)
cpSync(`${root}packages/server/package.json`, `${folder}/package.json`)
await build({
  entryPoints: {
    main: `${root}packages/server/dist/cli/main.js`,
    'search-worker': `${root}packages/server/dist/docs-search/search-worker.js`,
  },
  outdir: `${folder}/server`,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'linked',
  // The commands dev and local are not for a desktop client.
  external: ['@scalekit-mcp/local'],
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
if (!process.argv.includes('--folder')) {
  const file = `${root}packages/server/scalekit-mcp.mcpb`
  execFileSync('npx', ['-y', '@anthropic-ai/mcpb@2.1.2', 'pack', folder, file], { stdio: 'inherit' })
}
