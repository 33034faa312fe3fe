import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'

/** A new signing secret, in the form of Standard Webhooks. */
export function newWebhookSecret(): string {
  return PREFIX + randomBytes(24).toString('base64')
}

/**
 * The headers of a message that only the holder of the secret can have sent (Standard Webhooks, "Signature scheme").
 * Scalekit's interceptors use the same scheme under their own name.
 */
export function signedHeaders(
  kind: 'webhook' | 'interceptor',
  secret: string,
  id: string,
  timestamp: number,
  payload: string,
): Record<string, string> {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64')
  return {
    'content-type': 'application/json',
    [`${kind}-id`]: id,
    [`${kind}-timestamp`]: String(timestamp),
    [`${kind}-signature`]: `v1,${signature}`,
  }
}
