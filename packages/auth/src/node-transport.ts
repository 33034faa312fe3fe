import type { IncomingMessage, ServerResponse } from 'node:http'
import { concat } from '#platform'
import { continueIfAwaited } from './await-continue.js'
import type { Transport } from './http-message.js'
import { brokenOff, checkBodyHeaders, checkBodySize } from './json-body.js'

const BODY_IS_READ =
  'A body parser read the body before mcpAuth: move app.use(mcpAuth({ ... })) above it, and the parser to the routes that need it. Or remove a second mcpAuth of the same resource.'

/** Requests of a Node server. */
export const nodeTransport: Transport<IncomingMessage, ServerResponse> = {
  async readBody(req, res) {
    checkBodyHeaders(req)
    if (req.readableEnded) throw new Error(BODY_IS_READ)
    if (req.destroyed) throw brokenOff()
    continueIfAwaited(req, res)
    return readBytes(req)
  },
  addressOf: (req: IncomingMessage & { ip?: string }) => req.ip ?? req.socket.remoteAddress ?? '',
}

/** Not raw-body: it never settles when a stream closes without `aborted`, as adapters for serverless functions do. */
function readBytes(req: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    req.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength
      try {
        checkBodySize(size)
        chunks.push(chunk)
      } catch (error) {
        reject(error)
      }
    })
    req.on('end', () => resolve(concat(chunks)))
    req.on('close', () => {
      if (!req.readableEnded) reject(brokenOff())
    })
  })
}
