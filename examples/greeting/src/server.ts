import { existsSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { differentPort } from '@scalekit-mcp/auth'
import { pino } from 'pino'
import { createApp } from './app.js'
import { loadConfig, orExit } from './config.js'
import { serve } from './serve.js'

// PM2 imports this file from a program of its own, and names it in pm_exec_path. `node dist/server` omits the extension.
const program = process.env.pm_exec_path ?? process.argv[1] ?? ''
const isProgram = [program, `${program}.js`].some(
  (path) => existsSync(path) && realpathSync(path) === fileURLToPath(import.meta.url),
)

const config = isProgram ? orExit(loadConfig) : loadConfig()
const log = pino({ level: config.logLevel })

/** For tests: importing this file listens to nothing, and throws if the configuration is not usable. */
export const app = createApp(config, log)

if (isProgram) {
  const { resource } = config.scalekit
  serve(app, config, (port) => {
    log.info(`Greeting MCP server: ${resource}, listening on port ${port}`)
    const warning = differentPort(resource, port)
    if (warning !== undefined) log.warn(warning)
  })
}
