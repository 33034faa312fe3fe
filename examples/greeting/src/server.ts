import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { createApp } from './app.js'
import { loadConfig } from './config.js'
import { serve } from './serve.js'

const config = loadConfig()
const log = pino({ level: config.logLevel })

/** For tests: importing this file listens to nothing. */
export const app = createApp(config, log)

// PM2 imports this file from a program of its own, and names it in pm_exec_path.
const program = process.env.pm_exec_path ?? process.argv[1]
if (program && realpathSync(program) === fileURLToPath(import.meta.url)) {
  serve(app, config.port, () => log.info(`Greeting MCP server: ${config.scalekit.resource}`))
}
