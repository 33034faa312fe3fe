import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { typesTheName } from '../packages/server/test/server-under-test.js'
import { HandOffVisitor } from './harness/hand-off-page.js'
import { runToEnd } from './harness/program.js'
import { untilAnswered } from './harness/until-answered.js'

const entry = fileURLToPath(new URL('../packages/server/bin/scalekit-mcp.js', import.meta.url))
const environmentId = 'env_100000000000000001'
const everything = 'environment:read environment:write organization:read organization:write'

let local: LocalScalekit
let folder: string
beforeAll(async () => {
  local = await createLocalScalekit({ port: 0, memory: true })
  folder = await mkdtemp(join(tmpdir(), 'scalekit-stdio-'))
})
afterAll(async () => {
  await local.close()
  await rm(folder, { recursive: true, force: true })
})

const environment = (audit: string) => ({
  PATH: process.env.PATH ?? '',
  SCALEKIT_ENV_URL: `${local.url}/${environmentId}`,
  SCALEKIT_CLIENT_ID: 'skc_100000000000000001',
  SCALEKIT_CLIENT_SECRET: 'test_local_secret',
  AUDIT_FILE: audit,
  LOG_LEVEL: 'debug',
})

interface Connection {
  readonly tools: () => Promise<string[]>
  readonly call: (
    name: string,
    args: Record<string, unknown>,
  ) => Promise<{ isError?: boolean; structuredContent?: unknown; content?: unknown }>
  readonly close: () => Promise<void>
  readonly log: () => string
}

async function modern(args: string[], audit: string): Promise<Connection> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [entry, 'stdio', ...args],
    env: environment(audit),
    stderr: 'pipe',
  })
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
  )
  client.setRequestHandler('elicitation/create', async ({ params }) => typesTheName(params.message))
  return connection(client, transport)
}

async function legacy(args: string[], audit: string): Promise<Connection> {
  const transport = new LegacyTransport({
    command: process.execPath,
    args: [entry, 'stdio', ...args],
    env: environment(audit),
    stderr: 'pipe',
  })
  const client = new LegacyClient({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } })
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => typesTheName(params.message))
  return connection(client, transport)
}

// biome-ignore lint/suspicious/noExplicitAny: the two generations of the SDK have unrelated types
async function connection(client: any, transport: any): Promise<Connection> {
  let log = ''
  transport.stderr?.on('data', (chunk: Buffer) => {
    log += chunk
  })
  await client.connect(transport)
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }: { name: string }) => name),
    call: (name, args) => untilAnswered(() => client.callTool({ name, arguments: args })),
    close: () => client.close(),
    log: () => log,
  }
}

describe.each([
  { generation: '2026-07-28', connect: modern },
  { generation: '2025-11-25', connect: legacy },
])('scalekit-mcp stdio with the official client of $generation', ({ generation, connect }) => {
  test('offers what the scopes allow, and calls it', async () => {
    const audit = join(folder, `${generation}-reads.jsonl`)
    const client = await connect([], audit)
    const tools = await client.tools()
    expect(tools).toContain('list_organizations')
    expect(tools).not.toContain('create_organization')
    expect(tools).not.toContain('list_environments')
    const listed = await client.call('list_organizations', {})
    expect(listed.structuredContent).toMatchObject({ items: expect.arrayContaining([expect.anything()]) })
    await client.close()
  })

  test('says which option adds a scope that a tool needs', async () => {
    const client = await connect([], 'none')
    const errorOf = async (name: string, args: Record<string, unknown>) => {
      const { content } = await client.call(name, args)
      return JSON.parse((content as { text?: string }[])[0]?.text ?? '').error
    }
    expect(await errorOf('create_organization', { name: 'No' })).toMatchObject({
      code: 'insufficient_scope',
      nextStep: expect.stringContaining(
        'scalekit-mcp stdio --scopes "environment:read organization:read organization:write"',
      ),
    })
    const { structuredContent } = await client.call('whoami', {})
    expect(structuredContent).toMatchObject({
      scopes: ['environment:read', 'organization:read'],
      howToGetMore: [
        expect.stringMatching(/environment:write.*scalekit-mcp stdio --scopes "workspace:read /),
      ],
    })
    expect(await errorOf('list_environments', {})).toMatchObject({
      code: 'tool_not_available',
      nextStep: expect.stringContaining('whoami'),
    })
    await expect(client.call('no_such_tool', {})).rejects.toThrow(/Unknown tool/)
    await client.close()
  })

  test('writes with the scopes for it, asks a person before it deletes, and keeps the audit log', async () => {
    const audit = join(folder, `${generation}.jsonl`)
    const client = await connect(['--scopes', everything], audit)
    const created = await client.call('create_organization', { name: `Over ${generation}` })
    const { organization } = created.structuredContent as { organization: { id: string } }
    const deleted = await client.call('delete_organization', { organizationId: organization.id })
    expect(JSON.stringify(deleted)).not.toContain('isError":true')
    const gone = await client.call('get_organization_details', { organizationId: organization.id })
    expect(JSON.stringify(gone.content)).toContain('not_found')
    await client.close()
    expect(client.log()).not.toMatch(/test_local_secret|eyJ/)
    const records = (await readFile(audit, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const written = JSON.stringify(records)
    for (const part of ['"intent"', '"place":"stdio"', 'delete_organization', 'skc_100000000000000001']) {
      expect(written).toContain(part)
    }
  })

  test('reads only with --read-only, whatever the scopes', async () => {
    const client = await connect(['--read-only', '--scopes', everything], 'none')
    const tools = await client.tools()
    expect(tools).toContain('list_organizations')
    expect(tools.filter((name) => /^(create|update|delete|add|remove|enable|disable)_/.test(name))).toEqual(
      [],
    )
    const { structuredContent } = await client.call('whoami', {})
    expect(structuredContent).toMatchObject({
      howToGetMore: expect.arrayContaining([expect.stringContaining('without --read-only')]),
    })
    await client.close()
  })
})

test('over stdio a client that cannot ask hands a confirmation off to a page of this machine', async () => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [entry, 'stdio', '--scopes', everything],
    env: environment('none'),
    stderr: 'pipe',
  })
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(transport)
  // A busy machine may leave a call no time.
  const call = async (name: string, args: Record<string, unknown>) => {
    for (;;) {
      const { content } = await client.callTool({ name, arguments: args })
      const answer = JSON.parse((content as { text?: string }[])[0]?.text ?? '')
      if (!/^upstream_/.test(answer.error?.code)) return answer
    }
  }
  const { organization } = await call('create_organization', { name: 'By hand' })
  const args = { organizationId: organization.id }
  const { error } = await call('delete_organization', args)
  expect(error).toMatchObject({ code: 'person_needed' })
  const { url, id } = error.handOff
  expect(new URL(url).hostname).toBe('127.0.0.1')
  const foreign = await fetch(url.replace('127.0.0.1', 'localhost'))
  expect(foreign.status).toBe(404)
  const page = await new HandOffVisitor('nobody').open(url)
  expect(page.html).toContain('<td>The program that started this server</td>')
  expect(page.html).toContain(
    `<td>${environmentId} (PRD assumed: SCALEKIT_ENVIRONMENT_TYPE is not set to DEV or PRD)</td>`,
  )
  expect((await page.post({ ...page.fields, token: 'x', decision: 'confirm', name: 'By hand' })).status).toBe(
    403,
  )
  await page.send('confirm', 'By hand')
  expect(await call('wait_for_hand_off', { handOffId: id })).toMatchObject({
    status: 'done',
    result: { deleted: true },
  })
  await client.close()
})

describe('scalekit-mcp stdio', () => {
  test('names what is missing, and writes nothing to stdout', async () => {
    const missing = await runToEnd(['stdio'])
    expect(missing).toMatchObject({ code: 78, stdout: '' })
    expect(missing.stderr).toContain('SCALEKIT_ENV_URL')
    const wrong = await runToEnd(['stdio', '--scopes', 'everything'], environment('none'))
    expect(wrong).toMatchObject({ code: 78, stdout: '' })
    expect(wrong.stderr).toContain('organization:write')
    const { SCALEKIT_ENV_URL: url, ...others } = environment('none')
    const workspace = await runToEnd(['stdio'], { ...others, SCALEKIT_WORKSPACE_URL: url })
    expect(workspace).toMatchObject({ code: 78, stdout: '' })
    expect(workspace.stderr).toContain('scalekit-mcp serve')
  })

  test('ends when the client has closed stdin', async () => {
    expect(await runToEnd(['stdio'], environment('none'))).toMatchObject({ code: 0, stdout: '' })
  })

  /** Writes all messages and closes stdin, as a shell does. */
  const pipeThrough = async (messages: readonly object[], audit = 'none') => {
    const child = spawn(process.execPath, [entry, 'stdio', '--scopes', everything], {
      env: environment(audit),
    })
    const ended = once(child, 'exit')
    child.stdin.end(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''))
    const [stdout] = await Promise.all([text(child.stdout), text(child.stderr)])
    const [code] = await ended
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    return { code, answerTo: (id: number) => answers.find((answer) => answer.id === id) }
  }
  const begin = (capabilities: object) => [
    {
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'shell', version: '1' } },
    },
    { method: 'notifications/initialized' },
  ]

  test('answers every call that it has read before it ends', async () => {
    const audit = join(folder, 'piped.jsonl')
    const { code, answerTo } = await pipeThrough(
      [
        ...begin({}),
        {
          id: 2,
          method: 'tools/call',
          params: { name: 'create_organization', arguments: { name: 'Piped' } },
        },
        { id: 3, method: 'tools/call', params: { name: 'list_organizations', arguments: {} } },
      ],
      audit,
    )
    expect(code).toBe(0)
    expect(answerTo(1).result.serverInfo.name).toBe('scalekit-mcp')
    expect(answerTo(2).result.structuredContent.organization).toMatchObject({ displayName: 'Piped' })
    expect(answerTo(3).result.structuredContent.items.length).toBeGreaterThan(0)
    expect(await readFile(audit, 'utf8')).not.toContain('upstream_timeout')
  })

  test('answers a last line without a line break', async () => {
    const child = spawn(process.execPath, [entry, 'stdio'], { env: environment('none') })
    const ended = once(child, 'exit')
    const call = { id: 2, method: 'tools/call', params: { name: 'whoami', arguments: {} } }
    const lines = [...begin({}), call].map((message) => JSON.stringify({ jsonrpc: '2.0', ...message }))
    child.stdin.end(lines.join('\n'))
    const [stdout] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(await ended).toEqual([0, null])
    expect(stdout).toContain('"id":2')
  })

  test('logs why it ends at a message that is too long', async () => {
    const child = spawn(process.execPath, [entry, 'stdio'], { env: environment('none') })
    const ended = once(child, 'exit')
    // It stops reading.
    child.stdin.on('error', () => {})
    child.stdin.write('x'.repeat(11_000_000))
    const [stdout, log] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(await ended).toEqual([0, null])
    expect(stdout).toBe('')
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({
        msg: 'stdio has ended before the client closed stdin',
        err: expect.objectContaining({ message: expect.stringContaining('maximum size') }),
      }),
    ])
  })

  test('logs no error where the client closes stdin within a line', async () => {
    const child = spawn(process.execPath, [entry, 'stdio'], { env: environment('none') })
    child.stdin.end('{"jsonrpc": "2.0", "id"')
    const [stdout, log] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect([stdout, log.includes('"level":"error"')]).toEqual(['', false])
  })

  test('a question that nobody can answer any more changes nothing', async () => {
    const { code, answerTo } = await pipeThrough([
      ...begin({ elicitation: {} }),
      {
        id: 2,
        method: 'tools/call',
        params: { name: 'delete_organization', arguments: { organizationId: 'org_100000000000000004' } },
      },
    ])
    expect(code).toBe(0)
    expect(answerTo(2)).toBeDefined()
    const there = await pipeThrough([
      ...begin({}),
      {
        id: 2,
        method: 'tools/call',
        params: { name: 'get_organization_details', arguments: { organizationId: 'org_100000000000000004' } },
      },
    ])
    expect(there.answerTo(2).result.structuredContent).toBeDefined()
  })
})
