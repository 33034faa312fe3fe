import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

// The programs as a developer starts them.

const folder = fileURLToPath(new URL('..', import.meta.url))
const running: ChildProcess[] = []

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((closed) => server.close(closed))
  return port
}

async function start(file: string, env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [file], { cwd: folder, env: { ...process.env, ...env } })
  running.push(child)
  await expect
    .poll(() =>
      fetch(`http://localhost:${env.PORT}/health`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200)
  return child
}

const scalekit = (url: string) => ({
  MCP_URL: url,
  SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.com',
  SCALEKIT_MCP_SERVER_ID: 'res_1',
})

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
})

test('npm start: the local environment and the server, with a greeting', async () => {
  const [port, localPort] = [await freePort(), await freePort()]
  const data = await mkdtemp(join(tmpdir(), 'greeting-'))
  const child = await start('src/dev.js', {
    PORT: String(port),
    LOCAL_PORT: String(localPort),
    LOCAL_DATA: data,
  })
  const url = `http://localhost:${port}/mcp`
  const minted = await fetch(`http://localhost:${localPort}/__local/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scalekit-local': '1' },
    body: JSON.stringify({ subject: 'ana@acme.example', resource: url, scopes: ['user:read'] }),
  })
  const { access_token } = (await minted.json()) as { access_token: string }
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${access_token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'greet_user', arguments: { name: 'Ada' } },
    }),
  })
  expect(await response.text()).toContain('Hello Ada')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  await rm(data, { recursive: true })
})

test.each(['src/main.js', 'src/cluster.js'])('%s serves and stops', async (file) => {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const child = await start(file, { PORT: String(port), WORKERS: '2', ...scalekit(url) })
  const response = await fetch(url, { method: 'POST' })
  expect(response.status).toBe(401)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('the serverless entry serves', async () => {
  Object.assign(process.env, scalekit('https://mcp.example.com/mcp'))
  const { handler } = await import('../src/lambda.js')
  const answer = (await handler(
    {
      version: '2.0',
      rawPath: '/health',
      rawQueryString: '',
      headers: { host: 'mcp.example.com' },
      requestContext: { http: { method: 'GET', path: '/health', sourceIp: '192.0.2.1' } },
    },
    {},
  )) as { statusCode: number }
  expect(answer.statusCode).toBe(200)
})

test('without settings it does not start, and names what is missing', async () => {
  const child = spawn(process.execPath, ['src/main.js'], { cwd: folder, env: { PATH: process.env.PATH } })
  let output = ''
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  const [code] = await once(child, 'exit')
  expect(code).not.toBe(0)
  expect(output).toContain('SCALEKIT_MCP_SERVER_ID')
})
