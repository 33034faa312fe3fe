import { Agent, type Dispatcher, EnvHttpProxyAgent, setGlobalDispatcher } from 'undici'
import type { ProxyConfig } from '../config/proxy.js'
import type { Timeouts } from '../config/timeouts.js'

/**
 * The one pool of connections to Scalekit, with at most 2 MB an answer. undici follows no redirects, so an answer comes from the configured host only.
 */
export function createPool(
  { connect, silence }: Pick<Timeouts, 'connect' | 'silence'>,
  proxy?: ProxyConfig,
): Dispatcher {
  const options = {
    connections: 64,
    connect: { timeout: connect },
    headersTimeout: silence,
    bodyTimeout: silence,
    keepAliveTimeout: 10_000,
    maxResponseSize: 2 * 1024 * 1024,
  }
  return proxy ? new EnvHttpProxyAgent({ ...options, ...proxy }) : new Agent(options)
}

/** Lets every `fetch` of this process use the proxy: for a program, never for a library. */
export function useProxy(proxy: ProxyConfig): void {
  setGlobalDispatcher(new EnvHttpProxyAgent(proxy))
}
