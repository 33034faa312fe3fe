import { Agent } from 'undici'
import type { Timeouts } from '../config/timeouts.js'

/**
 * The one pool of connections to Scalekit, with at most 2 MB an answer. undici follows no redirects, so an answer comes from the configured host only.
 */
export function createPool({ connect, silence }: Pick<Timeouts, 'connect' | 'silence'>): Agent {
  return new Agent({
    connections: 64,
    connect: { timeout: connect },
    headersTimeout: silence,
    bodyTimeout: silence,
    keepAliveTimeout: 10_000,
    maxResponseSize: 2 * 1024 * 1024,
  })
}
