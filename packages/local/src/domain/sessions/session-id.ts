import { createHash } from 'node:crypto'

/** A session of the authorization server as an id in Scalekit's form: the same one for every token of the session. */
export function sessionId(uid: string): string {
  const digits = createHash('sha256').update(uid).digest().readBigUInt64BE() % 10n ** 18n
  return `ses_${String(digits).padStart(18, '0')}`
}
