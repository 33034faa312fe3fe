import { IncomingMessage } from 'node:http'
import type { Request } from 'express'

/**
 * The same request with another body, for a handler that reads the stream itself: oidc-provider does, and we
 * have read it first, to bring what clients send into the form that it expects.
 */
export function withBody(request: Request, body: string): IncomingMessage {
  const copy = new IncomingMessage(request.socket)
  const { method, url, headers, httpVersion, httpVersionMajor, httpVersionMinor } = request
  Object.assign(copy, { method, url, httpVersion, httpVersionMajor, httpVersionMinor })
  Object.assign(copy, { originalUrl: request.originalUrl, baseUrl: request.baseUrl })
  copy.headers = { ...headers, 'content-length': String(Buffer.byteLength(body)) }
  delete copy.headers['transfer-encoding']
  copy.push(body)
  copy.push(null)
  // It is all there: otherwise, when it has been read, Node takes it for cut off and closes the connection.
  copy.complete = true
  return copy
}
