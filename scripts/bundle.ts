import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { licencesOf } from './licences.js'

// The local environment as a dozen files instead of 900, and the server as a few dozen instead of 800: reading and linking
// modules was most of a start (measured on Node 20: 1.4 s of CPU from files and 0.5 s bundled; the server 1.6 s and 0.8 s).
// Sources and compiled files stay as they are; types come from those.

const root = fileURLToPath(new URL('../', import.meta.url))

await bundle('local', ['index'], {
  minify: true,
  // Native code, a driver that few use, and what signs and checks: as their authors publish them.
  external: ['libsql', 'pg', 'oidc-provider', 'jose', '@node-saml/node-saml', '@simplewebauthn/server'],
})
await bundle('server', ['index', 'cli/main', 'docs-search/search-worker'], {
  // An operator reads its stack traces; whitespace costs 2 % of a start.
  minify: false,
  // What checks signatures, as its authors publish it, and what is only there when it was installed beside.
  external: ['jose', '@scalekit-mcp/local', '@opentelemetry/sdk-node'],
})

async function bundle(
  name: string,
  entries: readonly string[],
  { minify, external }: { readonly minify: boolean; readonly external: string[] },
): Promise<void> {
  const folder = `${root}packages/${name}/bundle`
  const { outputFiles, metafile } = await build({
    entryPoints: entries.map((entry) => ({
      in: `${root}packages/${name}/dist/${entry}.js`,
      out: basename(entry),
    })),
    outdir: folder,
    absWorkingDir: root,
    write: false,
    metafile: true,
    bundle: true,
    // What is imported when it is needed stays apart, and is read when it is needed.
    splitting: true,
    format: 'esm',
    platform: 'node',
    // jsonc-parser's other form finds its parts when it runs, where a bundle has none.
    mainFields: ['module', 'main'],
    target: 'node20',
    // Identifiers stay: names of classes are part of how libraries work, and stack traces can be read.
    minifyWhitespace: minify,
    minifySyntax: minify,
    legalComments: 'none',
    charset: 'ascii',
    external,
    plugins: [oneProtobuf()],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  replaceFolder(folder, [
    ...outputFiles.map(({ path, text }) => [basename(path), text] as const),
    ['LICENSES.txt', licencesOf(root, Object.keys(metafile.inputs))],
  ])
}

/** Files are named for their content: one that is there stays as it is, for a program that runs from it now. */
function replaceFolder(folder: string, files: readonly (readonly [name: string, text: string])[]): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of files) {
    const path = join(folder, name)
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
  }
  const current = new Set(files.map(([name]) => name))
  for (const name of readdirSync(folder)) if (!current.has(name)) rmSync(join(folder, name))
}

/** The SDK's descriptors ask for the CommonJS edition of the library that the rest uses as a module: one copy does. */
function oneProtobuf(): Plugin {
  const library = `${root}node_modules/@bufbuild/protobuf/dist/esm`
  return {
    name: 'one-protobuf',
    setup({ onResolve }) {
      onResolve({ filter: /^@bufbuild\/protobuf(\/|$)/ }, ({ path }) => ({
        path: `${path.replace('@bufbuild/protobuf', library)}/index.js`,
        // As its package.json says: otherwise it depends on who asks first, and no two builds are the same bytes.
        sideEffects: false,
      }))
    },
  }
}
