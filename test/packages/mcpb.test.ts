import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = `${root}packages/server/mcpb-build`

test('the MCPB bundle starts as its manifest says, alone, and calls a tool', async () => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build-mcpb.ts', '--folder'], { cwd: root })
  const local = await createLocalScalekit({ port: 0, memory: true })
  const settings: Record<string, string> = {
    env_url: `${local.url}/env_100000000000000001`,
    client_id: 'skc_100000000000000001',
    client_secret: 'test_local_secret',
    scopes: 'organization:read',
  }
  const { server, user_config } = JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8'))
  expect(Object.keys(user_config)).toEqual(Object.keys(settings))
  const fill = (text: string) =>
    text
      .replace(/^\$\{__dirname\}/, folder)
      .replace(/^\$\{HOME\}.*/, 'none')
      .replace(/\$\{user_config\.([a-z_]+)\}/, (_, name: string) => settings[name] ?? '')
  const env = Object.fromEntries(
    Object.entries(server.mcp_config.env as Record<string, string>).map(([name, value]) => [
      name,
      fill(value),
    ]),
  )
  // The first request for a token loads the authorization server: seconds on a busy machine, and more than a call waits.
  const asked = await fetch(`${settings.env_url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: settings.client_id ?? '',
      client_secret: settings.client_secret ?? '',
    }),
  })
  expect(asked.status).toBe(200)
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: server.mcp_config.args.map(fill),
      env: { PATH: process.env.PATH ?? '', DOCS_URL: `${local.url}/docs`, ...env },
    }),
  )
  const { structuredContent } = await client.callTool({ name: 'list_organizations', arguments: {} })
  expect(structuredContent).toHaveProperty('items')
  // The search runs in a worker thread, which is a file of its own.
  const found = await client.callTool({
    name: 'search_docs',
    arguments: { query: 'register server', limit: 1 },
  })
  expect(found.structuredContent).toMatchObject({ items: [expect.anything()] })
  await client.close()
  await local.close()
})
