import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const run = promisify(execFile)

let server: ServerUnderTest
let folder: string
beforeAll(async () => {
  server = await startServerUnderTest()
  folder = await mkdtemp(join(tmpdir(), 'setup-'))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const names = [
  "Docs'; touch pwned; echo '",
  'Docs"; touch pwned; echo "',
  'Docs $(touch pwned)',
  'Docs `touch pwned`',
  "Docs' | tee pwned > pwned && touch pwned #",
  'Docs \\u0027; touch pwned; \\',
  "D'Arcy & Söhne",
]

describe('the lines that a developer pastes', () => {
  test.each(names)('keep the name %j and run nothing in it', async (name) => {
    const url = `https://${Buffer.from(name).toString('hex').slice(0, 50)}.example.com/mcp`
    const created = await server.call('2026-07-28', 'register_mcp_server', { environmentId, name, url })
    const { mcpServer, setup } = created.result as { mcpServer: { name: string }; setup: Setup }
    expect(mcpServer.name).toBe(name)

    // As a script, after export, in a .env file, and in a command around the metadata alone.
    const print = `node -p 'JSON.stringify([process.env.EXPECTED_AUDIENCE, process.env.PROTECTED_RESOURCE_METADATA])'`
    const script = `set -a\n${setup.environmentVariables}\n${print}`
    const { stdout } = await run('sh', ['-c', script], { cwd: folder })
    const [audience, metadata] = JSON.parse(stdout) as [string, string]
    expect(audience).toBe(url)
    expect(JSON.parse(metadata)).toMatchObject({ resource: url, resource_name: name })
    await run('sh', ['-c', `export PROTECTED_RESOURCE_METADATA='${setup.metadata}'`], { cwd: folder })
    await run('sh', ['-c', `export ${setup.environmentVariables.replace('\n', '\nexport ')}`], {
      cwd: folder,
    })
    expect(await readdir(folder)).toEqual([])

    const file = parseEnv(setup.environmentVariables)
    expect(file.EXPECTED_AUDIENCE).toBe(url)
    expect(JSON.parse(file.PROTECTED_RESOURCE_METADATA ?? '')).toMatchObject({ resource_name: name })
  })

  test('are left out for a URL that a shell would act on, registered elsewhere', async () => {
    const response = await fetch(`${server.local.url}/api/v1/resources`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-env-domain': environmentId,
        authorization: `Bearer ${await server.token({ resource: `${server.local.url}/workspace` })}`,
      },
      body: JSON.stringify({
        name: 'Elsewhere',
        resource_id: 'https://mcp.example.com/$(touch$IFS./pwned)',
        resource_type: 'MCP_SERVER',
      }),
    })
    const { resource } = (await response.json()) as { resource: { id: string } }
    const { result } = await server.call('2026-07-28', 'get_mcp_server', {
      environmentId,
      mcpServerId: resource.id,
    })
    expect(result).toHaveProperty('mcpServer')
    expect(result).not.toHaveProperty('setup')
  })
})

interface Setup {
  readonly environmentVariables: string
  readonly metadata: string
}
