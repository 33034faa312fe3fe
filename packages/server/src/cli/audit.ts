import { createPublicKey } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { numbered } from '../audit/file-lock.js'
import { type Verified, verifyChain } from '../audit/verify-chain.js'
import { auditDefaults } from '../config.js'
import { UsageError } from './exit.js'

/** `scalekit-mcp audit verify`: ends with 0 when every file is as it was written, with 1 when one is not. */
export async function verifyAudit(
  file: string | undefined,
  options: { readonly key?: string },
): Promise<void> {
  const defaults = auditDefaults()
  const keyFile = options.key ?? defaults?.keyFile
  const files = file === undefined ? await filesOf(defaults?.file) : [file]
  if (keyFile === undefined || files.length === 0) {
    throw new UsageError('There is no audit log here: give its file, or set AUDIT_FILE.')
  }
  const publicKey = createPublicKey(await read(keyFile))
  let sound = true
  for (const each of files) {
    await read(each)
    const verified = await verifyChain(each, publicKey)
    process.stdout.write(describe(each, verified))
    sound &&= verified.problem === undefined
  }
  process.stdout.write(`public key\n${publicKey.export({ type: 'spki', format: 'pem' })}`)
  process.exitCode = sound ? 0 : 1
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
