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

/**
 * Notes a time, and holds it against its bar where it is recorded: on an idle machine. In every other run a test says nothing about
 * time, so that it passes on a busy machine.
 *
 * @throws Error when a recorded time is over the bar
 */
export function measureTime(id: CriterionId, measured: number, bar: number, digits = 0): void {
  if (process.env.SECURITY_RECORD && measured > bar) throw new Error(`${id}: ${measured} is over ${bar}`)
  measure(id, measured.toFixed(digits))
}
