import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type OutputFile, type Plugin } from 'esbuild'

// The local environment as a dozen files instead of 900: reading and linking modules was most of a start (measured on
// Node 20: 1.4 s of CPU from files, 0.5 s bundled). Sources and compiled files stay as they are; types come from those.

const root = fileURLToPath(new URL('../', import.meta.url))

const folder = `${root}packages/local/bundle`

const { outputFiles } = await build({
  entryPoints: [`${root}packages/local/dist/index.js`],
  outdir: folder,
  write: false,
  bundle: true,
  // What is imported when it is needed stays apart, and is read when it is needed.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Identifiers stay: names of classes are part of how libraries work, and stack traces can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  charset: 'ascii',
  // Native code, a driver that few use, and what signs and checks: as their authors publish them.
  external: ['libsql', 'pg', 'oidc-provider', 'jose', '@node-saml/node-saml', '@simplewebauthn/server'],
  plugins: [oneProtobuf()],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
replaceFolder(outputFiles)

/** Files are named for their content: one that is there stays as it is, for a program that runs from it now. */
function replaceFolder(files: readonly OutputFile[]): void {
  mkdirSync(folder, { recursive: true })
  for (const { path, text } of files) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
  }
  const current = new Set(files.map(({ path }) => basename(path)))
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
      }))
    },
  }
}
