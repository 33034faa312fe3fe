import { createHttpServer } from '@scalekit-mcp/auth'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { createApp } from './app.js'
import { localSeed } from './local-seed.js'
import { readSettings } from './settings.js'

// A Scalekit environment on this machine, and the server in front of it. Needs no account.

const port = Number(process.env.PORT ?? 3003)
const url = `http://localhost:${port}/mcp`
const local = await createLocalScalekit({
  port: Number(process.env.LOCAL_PORT ?? 8787),
  data: process.env.LOCAL_DATA ?? '.scalekit-local',
  seed: localSeed(url),
})
const settings = readSettings({
  MCP_URL: url,
  SCALEKIT_ENVIRONMENT_URL: `${local.url}/env_100000000000000001`,
  SCALEKIT_MCP_SERVER_ID: 'res_100000000000000002',
})
const server = createHttpServer(createApp(settings)).listen(port)
process.stdout.write(`
  Greeting MCP server   ${url}
  Local environment     ${local.url}   sign in as ana@acme.example or ben@globex.example

  claude mcp add --transport http greeting ${url}

`)
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () =>
    server.close(async () => {
      await local.close()
      process.exit()
    }),
  )
}
