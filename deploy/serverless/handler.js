// A function behind an HTTP gateway (AWS Lambda and those like it): npm install scalekit-mcp serverless-http
// Instances come and go, so set REDIS_URL and STATE_KEY. The file system does not last: set AUDIT_FILE=none, and keep the
// log of the function, or mount one that does. Clients of MCP 2025-11-25 are asked on a stream, so not here; those of
// 2026-07-28 are asked everywhere.
import { createLog, loadConfig, openServer } from 'scalekit-mcp'
import serverless from 'serverless-http'

const config = loadConfig()
const server = await openServer(config, createLog(config.logLevel))

// Of a response that Node made, the request is a part.
/** @type {import('node:http').RequestListener} */
const listener = (req, res) => {
  // An answer is sent when it is complete: a client that takes JSON gets that, and no stream that nobody would see begin.
  if (req.headers.accept?.includes('application/json')) req.headers.accept = 'application/json'
  server.listener(req, Object.assign(res, { req }))
}

export const handler = serverless(listener)
