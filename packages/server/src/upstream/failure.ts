import { Code, ConnectError } from '@connectrpc/connect'
import { answerStatus } from '@scalekit-mcp/api'

/**
 * Whether a call failed because the API was out of reach or failed itself: no answer, or a status from 500. What it
 * refused (4xx), and an answer that cannot be read, say nothing about the next call.
 */
export function isOutage(error: unknown): boolean {
  const status = answerStatus(error)
  if (status !== undefined) return status >= 500 && status !== 501
  const { code } = ConnectError.from(error)
  return code === Code.Unavailable || code === Code.DeadlineExceeded
}

/**
 * How long the API asks to wait (RFC 9110 section 10.2.3: seconds, or a date), in seconds.
 */
export function retryAfterOf(error: ConnectError, now = Date.now()): number | undefined {
  const value = error.metadata.get('retry-after')
  if (value === null) return undefined
  if (/^[0-9]{1,9}$/.test(value)) return Number(value)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
}
