import type { RequestHandler } from 'express'

/** What web pages send besides a body: their token, and the revision of MCP that they speak. */
const HEADERS = 'authorization, content-type, mcp-protocol-version'

/** Lets pages of every origin call a route, and answers their preflight (Fetch, section 3.3). No cookie counts here. */
export function openToPages(...methods: readonly string[]): RequestHandler {
  return (request, response, next) => {
    response.set('Access-Control-Allow-Origin', '*')
    if (request.method !== 'OPTIONS') return next()
    response.set({
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers': HEADERS,
      'Access-Control-Max-Age': '3600',
    })
    response.status(204).end()
  }
}
