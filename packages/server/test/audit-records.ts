import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface AuditRecord {
  readonly seq: number
  readonly ts: string
  readonly type: string
  readonly [field: string]: unknown
}

/** A place of its own for an audit log. */
export async function auditPlace(): Promise<{ file: string; keyFile: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'scalekit-audit-'))
  return { file: join(folder, 'audit.jsonl'), keyFile: join(folder, 'audit-key.pem') }
}

/** The whole records of a file; what a crash cut at its end is none. */
export async function readRecords(file: string): Promise<AuditRecord[]> {
  const text = await readFile(file, 'utf8')
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditRecord)
}
