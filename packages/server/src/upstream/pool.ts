import { Agent } from 'undici'

/**
 * The one pool of connections to Scalekit: connected within a second, first byte and silence within 2.5 seconds, at
 * most 2 MB an answer. undici follows no redirects, so an answer comes from the configured host only.
 */
export function createPool(): Agent {
  return new Agent({
    connections: 64,
    connect: { timeout: 1_000 },
    headersTimeout: 2_500,
    bodyTimeout: 2_500,
    keepAliveTimeout: 10_000,
    maxResponseSize: 2 * 1024 * 1024,
  })
}
