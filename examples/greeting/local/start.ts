// Starts a Scalekit environment on this machine and the server. Needs no account. The first line is printed before the
// modules are loaded.
import { existsSync } from 'node:fs'

process.stdout.write('\n  Starting a local Scalekit environment and the greeting server …\n')
const { createLocalScalekit } = await import('@scalekit-mcp/local')
const { createApp } = await import('../src/app.js')
const { orExit, readConfig, withoutEmpty } = await import('../src/config.js')
const { serve } = await import('../src/serve.js')

const environment = withoutEmpty(process.env)
const {
  HOST,
  PORT = '3002',
  LOCAL_PORT = '8787',
  LOCAL_DATA = '.scalekit-local',
  LOG_LEVEL = 'warn',
} = environment
const url = `http://localhost:${PORT}/`
const localUrl = `http://localhost:${LOCAL_PORT}`
const environmentUrl = `${localUrl}/env_100000000000000001`
/** The greeting server in the seed of every local environment. */
const mcpServerId = 'res_100000000000000002'

const config = orExit(() =>
  readConfig({
    SK_ENV_URL: environmentUrl,
    MCP_SERVER_ID: mcpServerId,
    BASELINE_SCOPES: 'user:read',
    EXPECTED_AUDIENCE: url,
    HOST,
    PORT,
    LOG_LEVEL,
  }),
)
const local = await createLocalScalekit({
  port: Number(LOCAL_PORT),
  data: LOCAL_DATA,
  mcpServerUrl: url,
  mcpServerId,
}).catch(({ message }: Error) => {
  process.stderr.write(`${message}\n`)
  process.exit(78)
})
// The first request loads the authorization server. No client waits for that.
await fetch(`${environmentUrl}/keys`)

const hasEnvFile = existsSync(new URL('../.env', import.meta.url))
const greeting = `
  Greeting MCP server   ${url}
  Local environment     ${localUrl}   sign in as ana@acme.example, ben@acme.example or dev@initech.example

  Add it to a client:   claude mcp add --transport http greeting ${url}
  Stop with Ctrl+C.${hasEnvFile ? '\n\n  .env is not used here. To use the environment in it: npm run build && npm run serve' : ''}

`
serve(createApp(config), config, () => process.stdout.write(greeting), local.close)
