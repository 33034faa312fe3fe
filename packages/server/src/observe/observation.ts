import { once } from 'node:events'
import type { Server } from 'node:http'
import { unusableHost } from '@scalekit-mcp/auth'
import { type Config, ConfigError } from '../config/config.js'
import type { Exchange } from '../http/exchange.js'
import type { Metrics } from './metrics.js'

/** What is measured of requests beside the log. */
export interface Observation {
  /** Begins the span of an exchange whose message has been read. */
  readonly begin?: (exchange: Exchange) => void
  readonly metrics?: Metrics
  close(): Promise<void>
}

/**
 * Starts what the configuration asks for; the libraries are loaded only then.
 *
 * @throws ConfigError when HOST or the port cannot be used, or the OpenTelemetry SDK is not installed
 */
export async function startObservation(config: Config, tools: readonly string[]): Promise<Observation> {
  const metrics =
    config.metricsPort === undefined ? undefined : await startMetrics(config, config.metricsPort)
  const tracing = config.tracing ? await startTracing(tools) : undefined
  return {
    ...(tracing ? { begin: tracing.begin } : {}),
    ...(metrics ? { metrics: metrics.metrics } : {}),
    async close() {
      await tracing?.close()
      metrics?.listener.close()
      metrics?.listener.closeAllConnections()
    },
  }
}

async function startMetrics({ host }: Config, port: number): Promise<{ metrics: Metrics; listener: Server }> {
  const [{ createMetrics }, { createMetricsListener }] = await Promise.all([
    import('./metrics.js'),
    import('./metrics-listener.js'),
  ])
  const metrics = createMetrics()
  const listener = createMetricsListener(metrics).listen(port, host)
  await once(listener, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([
      unusableHost(error, host) ?? `METRICS_PORT: ${port} cannot be used (${error.code}): set it to another.`,
    ])
  })
  return { metrics, listener }
}

async function startTracing(tools: readonly string[]) {
  const tracing = await import('./tracing.js')
  return tracing.startTracing(new Set(tools)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new ConfigError([
      'OTEL_EXPORTER_OTLP_ENDPOINT is set, and @opentelemetry/sdk-node is not installed: npm install @opentelemetry/sdk-node@0.223.0.',
    ])
  })
}
