import { appendFileSync } from 'node:fs'
import type { CriterionId } from '../security/criteria.js'

/**
 * Notes what a test measured for a criterion of `docs/security.md`, once the test's own assertions hold. Without
 * the variable SECURITY_RECORD, which names the file that a recorded run collects in, it does nothing.
 */
export function measure(id: CriterionId, measured: string): void {
  const file = process.env.SECURITY_RECORD
  if (file) appendFileSync(file, `${JSON.stringify({ id, measured, node: process.version })}\n`)
}
