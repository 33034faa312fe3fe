import { createPublicKey } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { numbered } from '../audit/file-lock.js'
import { type Verified, verifyChain } from '../audit/verify-chain.js'
import { auditDefaults } from '../config.js'
import { UsageError } from './exit.js'

/** `scalekit-mcp audit verify`: ends with 0 when every file is as it was written, with 1 when one is not. */
export async function verifyAudit(
  file: string | undefined,
  options: { readonly key?: string; readonly json?: true },
): Promise<void> {
  const defaults = auditDefaults()
  const keyFile = options.key ?? defaults?.keyFile
  const files = file === undefined ? await filesOf(defaults?.file) : [file]
  if (keyFile === undefined || files.length === 0) {
    throw new UsageError('There is no audit log here: give its file, or set AUDIT_FILE.')
  }
  const publicKey = createPublicKey(await read(keyFile))
  const checked: (Verified & { file: string })[] = []
  for (const each of files) {
    await read(each)
    const verified = await verifyChain(each, publicKey)
    if (!options.json) process.stdout.write(describe(each, verified))
    checked.push({ file: each, ...verified })
  }
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }))
  process.stdout.write(
    options.json ? `${JSON.stringify({ files: checked, publicKey: pem }, null, 2)}\n` : `public key\n${pem}`,
  )
  process.exitCode = checked.every(({ problem }) => problem === undefined) ? 0 : 1
}

function describe(file: string, { records, problem, torn, withoutOutcome }: Verified): string {
  if (problem) return `${file}: line ${problem.line}: ${problem.kind}: ${problem.text}\n`
  const notes = [
    `${records} records, unchanged`,
    ...(torn > 0 ? [`a crash cut a last line of ${torn} bytes`] : []),
    ...(withoutOutcome.length > 0
      ? [`${withoutOutcome.length} writes without an outcome: ${withoutOutcome.slice(0, 10).join(', ')}`]
      : []),
  ]
  return `${file}: ${notes.join('; ')}\n`
}

/** The file, and those that further processes wrote beside it. */
async function filesOf(file: string | undefined): Promise<string[]> {
  const files: string[] = []
  for (let number = 1; file !== undefined; number++) {
    const path = numbered(file, number)
    const exists = await access(path).then(
      () => true,
      () => false,
    )
    if (!exists) break
    files.push(path)
  }
  return files
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${path} cannot be read.`, { cause })
  })
}
