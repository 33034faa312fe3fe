// A function behind an HTTP gateway (AWS Lambda and those like it): npm install scalekit-mcp serverless-http
// Instances come and go, so set REDIS_URL and STATE_KEY. The file system does not last: set AUDIT_FILE=none, and keep the
// log of the function, or mount one that does. An answer is sent when it is complete, so clients of MCP 2025-11-25
// see a question only behind a gateway that streams; those of 2026-07-28 see it everywhere.
import { createLog, loadConfig, openServer } from 'scalekit-mcp'
import serverless from 'serverless-http'

const config = loadConfig()
const server = await openServer(config, createLog(config.logLevel))

// Of a response that Node made, the request is a part.
/** @type {import('node:http').RequestListener} */
const listener = (req, res) => server.listener(req, Object.assign(res, { req }))

export const handler = serverless(listener)
