import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'
import { freePort } from './harness/program.js'

const folder = new URL('../packages/auth/', import.meta.url)
const environment = 'env_100000000000000001'
const mcpServer = 'res_100000000000000002'

/** The first JavaScript of the kit's README. */
function firstExample(): string {
  const [, code = ''] = /```js\n(.*?)```/s.exec(readFileSync(new URL('README.md', folder), 'utf8')) ?? []
  return code
}

test('the first example of the kit runs against the local environment', async () => {
  const local = await createLocalScalekit({ memory: true, port: 0 })
  // Its first request loads the authorization server, which takes seconds on a busy machine.
  await fetch(`${local.url}/${environment}/keys`)
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  await local.database.db.updateTable('resources').set({ url }).where('id', '=', mcpServer).execute()
  const file = fileURLToPath(new URL(`example-${port}.mjs`, folder))
  writeFileSync(file, firstExample())
  const example = spawn(process.execPath, [file], {
    env: {
      ...process.env,
      EXPECTED_AUDIENCE: url,
      PORT: String(port),
      SCALEKIT_ENVIRONMENT_URL: `${local.url}/${environment}`,
    },
    stdio: 'inherit',
  })
  const greet = async (token?: string) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'greet_user', arguments: { name: 'Ada' } },
      }),
    })
    return `${response.status} ${await response.text()}`
  }
  const tokenWith = async (scopes: string[]) => {
    const response = await fetch(`${local.url}/__local/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-scalekit-local': '1' },
      body: JSON.stringify({ subject: 'ana@acme.example', resource: mcpServer, scopes }),
    })
    return ((await response.json()) as { access_token: string }).access_token
  }
  try {
    await expect.poll(() => greet().catch(() => '')).toMatch(/^401/)
    expect(await greet(await tokenWith(['user:read']))).toContain('Hello Ada, says usr_100000000000000101.')
    expect(await greet(await tokenWith([]))).toMatch(/^403/)
  } finally {
    example.kill()
    await once(example, 'exit')
    rmSync(file)
    await local.close()
  }
})
