import { createServer, type Server } from 'node:http'
import type { Metrics } from './metrics.js'

/** Answers `GET /metrics` and nothing else, on a port that clients of the server do not reach. */
export function createMetricsListener(metrics: Metrics): Server {
  return createServer((req, res) => {
    if (req.url !== '/metrics' || req.method !== 'GET') {
      res.writeHead(404).end()
      return
    }
    metrics.scrape(req.headers.accept).then(
      ({ type, text }) => res.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(text),
      () => res.writeHead(500).end(),
    )
  })
}
