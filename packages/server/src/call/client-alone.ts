import type { Caller } from '@scalekit-mcp/auth'

/** Whether a token is a client's own, without a person (RFC 9068 section 2.2: its subject is the client). */
export function isClientAlone({ subject, clientId }: Pick<Caller, 'subject' | 'clientId'>): boolean {
  return subject === clientId
}
