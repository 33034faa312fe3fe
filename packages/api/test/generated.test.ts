import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url))
const made = await mkdtemp(join(tmpdir(), 'generated-'))
afterAll(() => rm(made, { recursive: true }))

async function filesBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(
      files
        .sort()
        .map(
          async (file): Promise<[string, string]> => [
            file.slice(folder.length),
            await readFile(file, 'utf8'),
          ],
        ),
    ),
  )
}

it('src/gen is what the .proto files say; if not, run: npm run generate -w @scalekit-mcp/api', async () => {
  const env = { ...process.env, PATH: bin + delimiter + (process.env.PATH ?? '') }
  await promisify(execFile)(join(bin, 'buf'), ['generate', '--output', made], { cwd: root, env })
  expect(await filesBelow(join(root, 'src/gen'))).toEqual(await filesBelow(join(made, 'src/gen')))
})
