import { readFileSync } from 'node:fs'

/** The version of this package, as published. */
export const version = readVersion(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** Without zod, which every command would have to load for it. */
function readVersion(manifest: string): string {
  const { version } = JSON.parse(manifest) as { version: string }
  return version
}
