import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seedJsonSchema } from '@scalekit-mcp/local'
import { commandLinePage } from './generate/command-line.js'
import { configurationPage, envExample } from './generate/configuration.js'
import { errorsPage } from './generate/errors.js'
import { localApiPage } from './generate/local-api.js'
import { localFieldsPage } from './generate/local-fields.js'
import { performancePage, performancePlots } from './generate/performance.js'
import { bundleManifest, registryEntry } from './generate/registry.js'
import { securityPage } from './generate/security.js'
import { sizingPage } from './generate/sizing.js'
import { toolSnapshots, toolsPage } from './generate/tools.js'
import { viewRuntime } from './generate/view-runtime.js'
import { walkthrough } from './generate/walkthrough.js'

// Writes the files that are made from the code. With --check it only compares, and ends with 1 where one differs.

const files: Record<string, string> = {
  '.env.example': envExample(),
  'docs/reference/command-line.md': commandLinePage(),
  'docs/reference/configuration.md': configurationPage(),
  'docs/reference/errors.md': errorsPage(),
  'docs/reference/local-api.md': await localApiPage(),
  'docs/reference/local-fields.md': localFieldsPage(),
  'docs/reference/seed.schema.json': `${JSON.stringify(seedJsonSchema(), null, 2)}\n`,
  'docs/reference/tools.md': toolsPage(),
  'packages/server/mcpb/manifest.json': bundleManifest(),
  'packages/server/src/apps/view-runtime.ts': viewRuntime(),
  'server.json': registryEntry(),
  'docs/security.md': securityPage(),
  'docs/guides/sizing.md': sizingPage(),
  'docs/performance.md': performancePage(),
  ...performancePlots(),
  'docs/walkthrough.md': await walkthrough(),
  ...toolSnapshots(),
}

const root = new URL('../', import.meta.url)
const check = process.argv.includes('--check')
const stale = Object.entries(files).filter(([path, content]) => read(path) !== content)

for (const [path, content] of check ? [] : stale) {
  const target = fileURLToPath(new URL(path, root))
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, content)
}
const verb = check ? 'not in step; run "npm run generate" and commit:' : 'written:'
for (const [path] of stale) process.stdout.write(`${verb} ${path}\n`)
process.stdout.write(`${Object.keys(files).length} generated files, ${stale.length} differed\n`)
process.exitCode = check && stale.length > 0 ? 1 : 0

function read(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, root), 'utf8')
  } catch {
    return undefined
  }
}
