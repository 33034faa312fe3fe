import { createPublicKey } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { numbered } from '../audit/file-lock.js'
import { type Verified, verifyChain } from '../audit/verify-chain.js'
import { auditDefaults } from '../config/config.js'
import { UsageError } from './exit.js'

/**
 * `scalekit-mcp audit verify`: ends with 0 when every file is as it was written, with 1 when one is not.
 *
 * @param given files, older ones first; a file that continues another one must follow it
 */
export async function verifyAudit(
  given: readonly string[],
  options: { readonly key?: string; readonly json?: true },
): Promise<void> {
  const defaults = auditDefaults(given[0])
  const keyFile = options.key ?? defaults?.keyFile
  const files = given.length > 0 ? given : await filesOf(defaults?.file)
  if (keyFile === undefined || files.length === 0) {
    throw new UsageError('There is no audit log here: give its file, or set AUDIT_FILE.')
  }
  const publicKey = createPublicKey(await read(keyFile))
  const checked: Checked[] = []
  for (const file of files) {
    await read(file)
    checked.push({ file, ...withPredecessor(await verifyChain(file, publicKey), checked) })
  }
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }))
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ files: checked, publicKey: pem }, null, 2)}\n`
      : `${checked.map(describe).join('')}public key\n${pem}`,
  )
  process.exitCode = checked.every(({ problem }) => problem === undefined) ? 0 : 1
}

interface Checked extends Verified {
  readonly file: string
}

/** Of several files that continue each other, none between two may be missing. */
function withPredecessor(verified: Verified, before: readonly Checked[]): Verified {
  const { continues, problem } = verified
  if (problem || !continues || before.length === 0) return verified
  if (before.some(({ end }) => end.seq === continues.seq && end.hash === continues.hash)) return verified
  const text = `it continues record ${continues.seq} of a file that is not among those before it`
  return { ...verified, problem: { line: 1, kind: 'deletion', text } }
}

function describe({ file, records, continues, problem, torn, withoutOutcome }: Checked): string {
  if (problem) return `${file}: line ${problem.line}: ${problem.kind}: ${problem.text}\n`
  const notes = [
    `${records} records, unchanged`,
    ...(continues ? [`continues record ${continues.seq} of an earlier file`] : []),
    ...(torn > 0 ? [`a crash cut a last line of ${torn} bytes`] : []),
    ...(withoutOutcome.length > 0
      ? [`${withoutOutcome.length} writes without an outcome: ${withoutOutcome.slice(0, 10).join(', ')}`]
      : []),
  ]
  return `${file}: ${notes.join('; ')}\n`
}

/** The file, and those that further processes wrote next to it. */
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
