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

/** `import.meta.main` needs Node 24, and is false in PM2's cluster mode. */
const [, program = ''] = process.argv
if (program && realpathSync(program) === fileURLToPath(import.meta.url)) {
  serve(app, config.port, () => log.info(`Greeting MCP server: ${config.scalekit.resource}`))
}
