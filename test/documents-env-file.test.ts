import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readEnvFile } from '@scalekit-mcp/auth'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { loadEnvFile } from '../packages/server/src/config/config.js'
import { callTool, eras } from './harness/call-tool.js'
import { freePort, mintToken, run, runToEnd, untilReady } from './harness/program.js'

const root = new URL('../', import.meta.url)
const folders: string[] = []
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'env-file-'))
  folders.push(folder)
})
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))))

const writeEnv = (content: string | Buffer) => writeFile(join(folder, '.env'), content)

/** Starts a command in the folder and waits until the server answers. It stops with the test at the latest. */
async function start(args: readonly string[], env: Record<string, string>, port: number) {
  const child = run(args, env, folder)
  const ended = new Promise((resolve) => child.once('close', resolve))
  const stop = () => {
    child.kill()
    return ended
  }
  onTestFinished(async () => void (await stop()))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk
    })
  }
  const output = () => text
  await untilReady(`http://localhost:${port}/ready`, child, output)
  return { output, stop }
}

describe('.env.example', () => {
  test('copied, with its blanks filled in, starts a server whose tools answer', async () => {
    const port = await freePort()
    const url = `http://localhost:${port}/mcp`
    const mcpServerId = 'res_100000000000000000'
    const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: url, mcpServerId })
    onTestFinished(() => local.close())
    const blanks: Record<string, string> = {
      SCALEKIT_ENV_URL: `${local.url}/env_100000000000000001`,
      SCALEKIT_CLIENT_ID: 'skc_100000000000000001',
      SCALEKIT_CLIENT_SECRET: 'test_local_secret',
      ADMIN_ORGANIZATION: 'org_100000000000000000',
      MCP_SERVER_ID: mcpServerId,
    }
    const example = await readFile(new URL('.env.example', root), 'utf8')
    expect([...example.matchAll(/^(\w+)=$/gm)].map(([, name]) => name)).toEqual(Object.keys(blanks))
    // A free port instead of 3002, which may be in use here.
    const filled = example.replace(/^(\w+)=$/gm, (_, name) => `${name}=${blanks[name]}`)
    await writeEnv(filled.replaceAll('3002', String(port)))

    await start(['serve'], {}, port)
    const token = await mintToken(
      { localUrl: local.url },
      { subject: 'olivia@yourcompany.example', resource: mcpServerId },
    )
    for (const era of eras) {
      const { items } = await callTool(era, { url, token }, 'list_organizations')
      expect(items).toEqual(
        expect.arrayContaining([expect.objectContaining({ displayName: 'Acme Robotics' })]),
      )
    }
    // Without PROTECTED_RESOURCE_METADATA, the authorization server follows from MCP_SERVER_ID.
    const metadata = await fetch(`http://localhost:${port}/.well-known/oauth-protected-resource/mcp`)
    expect(await metadata.json()).toMatchObject({
      resource: url,
      authorization_servers: [`${blanks.SCALEKIT_ENV_URL}/resources/${mcpServerId}`],
    })
    expect(await runToEnd(['doctor', '--token', token], {}, folder)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`http://localhost:${port}/.well-known`),
    })
  })

  test('copied as it is, leaves a list of what to fill in', async () => {
    await writeEnv(await readFile(new URL('.env.example', root)))
    const { code, stderr } = await runToEnd(['serve'], {}, folder)
    expect(code).toBe(78)
    expect(stderr.match(/^ {2}- (\w+)/gm)).toEqual(
      ['SCALEKIT_ENV_URL', 'SCALEKIT_CLIENT_ID', 'SCALEKIT_CLIENT_SECRET'].map((name) => `  - ${name}`),
    )
  })
})

describe('.env in the working folder', () => {
  const load = async (content: string | Buffer, environment: Record<string, string | undefined> = {}) => {
    await writeEnv(content)
    loadEnvFile(undefined, join(folder, '.env'), environment)
    return environment
  }

  test('gives way to the environment, whichever name of a variable that has', async () => {
    const file =
      "PORT=1\nexport LOG_LEVEL=debug # quietly\nSK_CLIENT_ID=skc_1\nSCALEKIT_ENV_URL='https://a.com'\n"
    expect(await load(file, { PORT: '2', SCALEKIT_CLIENT_ID: 'skc_2', SK_ENV_URL: ' ' })).toEqual({
      PORT: '2',
      LOG_LEVEL: 'debug',
      SCALEKIT_CLIENT_ID: 'skc_2',
      SK_ENV_URL: ' ',
      SCALEKIT_ENV_URL: 'https://a.com',
    })
  })

  test('counts where the environment has a variable that is empty', async () => {
    expect(
      await load('PORT=1\nSCALEKIT_CLIENT_ID=skc_1\n', { PORT: '', SK_CLIENT_ID: '', HOST: '' }),
    ).toEqual({
      ...{ PORT: '1', SCALEKIT_CLIENT_ID: 'skc_1' },
      ...{ SK_CLIENT_ID: '', HOST: '' },
    })
  })

  test('may be missing, or begin with a byte order mark', async () => {
    loadEnvFile(undefined, join(folder, 'missing', '.env'), {})
    expect(await load('\uFEFFPORT=1\r\nHOST=::1\r\n')).toEqual({ PORT: '1', HOST: '::1' })
  })

  test('has several lines in one value where they are in quotes', async () => {
    await writeEnv('A="one\ntwo"\n\n# comment with \'quote\n  B = \'{"c":"d"}\' # JSON\nE=\nF=`x`\nG=a b=c')
    const values = { A: 'one\ntwo', B: '{"c":"d"}', E: '', F: 'x', G: 'a b=c' }
    expect(readEnvFile(join(folder, '.env'))).toEqual({ variables: values })
  })

  test('sets the variables of this program only', async () => {
    const file =
      'NODE_TLS_REJECT_UNAUTHORIZED=0\nHTTPS_PROXY=http://evil.example\nOTEL_SERVICE_NAME=mcp\nLOCAL_PORT=1\n'
    expect(await load(file)).toEqual({ OTEL_SERVICE_NAME: 'mcp', LOCAL_PORT: '1' })
  })

  test.each([
    [
      'a line that is no variable',
      'PORT=1\n\nSCALEKIT_CLIENT_SECRET the-secret\n',
      /line 3 is not NAME=value/,
    ],
    [
      'a quote that is not closed',
      "SCALEKIT_CLIENT_SECRET='the-secret\nPORT=1\n",
      /line 1 is not NAME=value/,
    ],
    ['one at the end', 'PORT=1\nSCALEKIT_CLIENT_SECRET="the-secret', /line 2 is not NAME=value/],
    ['UTF-16', Buffer.from('\uFEFFSCALEKIT_CLIENT_SECRET=the-secret', 'utf16le'), /not text in UTF-8/],
    ['zero bytes', 'SCALEKIT\0=the-secret', /line 1 is not NAME=value/],
  ])('%s is one sentence that does not repeat the line', async (_, content, sentence) => {
    await writeEnv(content)
    for (const command of ['serve', 'stdio', 'tools', 'token', 'dev']) {
      const { code, stdout, stderr } = await runToEnd([command], {}, folder)
      expect([command, code, stdout]).toEqual([command, 78, ''])
      expect(stderr).toMatch(/^The configuration is not usable:\n {2}- \.env: .+\.\n$/)
      expect(stderr).toMatch(sentence)
      expect(stderr).not.toContain('the-secret')
    }
  })

  test('a folder of that name is a sentence; help and completion need no file', async () => {
    await mkdir(join(folder, '.env'))
    const { code, stderr } = await runToEnd(['serve'], {}, folder)
    expect(code).toBe(78)
    expect(stderr).toContain('.env: cannot be read (EISDIR)')
    expect((await runToEnd(['serve', '--help'], {}, folder)).code).toBe(0)
    expect((await runToEnd(['completion', 'bash'], {}, folder)).code).toBe(0)
  })

  test('is read by tools, audit, init, doctor and token', async () => {
    const port = await freePort()
    await writeEnv(`READ_ONLY=1\nAUDIT_FILE=elsewhere.jsonl\nPORT=${port}\nLOCAL_PORT=${port}\n`)
    const in_ = (...args: string[]) => runToEnd(args, { HOME: folder }, folder)
    const { stdout } = await in_('tools', '--json')
    expect(JSON.parse(stdout).tools.every(({ effect }: { effect: string }) => effect === 'read')).toBe(true)
    await writeFile(join(folder, 'elsewhere.jsonl'), '')
    expect((await in_('audit', 'verify')).stderr).toContain('audit-key.pem cannot be read')
    expect((await in_('init', '--client', 'cursor', '--dry-run')).stdout).toContain(`localhost:${port}/mcp`)
    expect((await in_('doctor')).stdout).toContain(`nothing listens at localhost:${port}`)
    expect((await in_('token')).stderr).toContain(`No local environment at http://localhost:${port}:`)
  })
})

describe('npm start', () => {
  test('says at once what it does, before it builds', async () => {
    const { scripts } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'))
    // In place of npm and node, programs that note when they run.
    for (const name of ['npm', 'node']) {
      await writeFile(join(folder, name), `#!/bin/sh\necho "$0" | sed 's|.*/||'\n`, { mode: 0o755 })
    }
    const { stdout } = await promisify(execFile)('sh', ['-c', scripts.start], {
      cwd: fileURLToPath(root),
      env: { PATH: `${folder}:/usr/bin:/bin` },
    })
    expect(stdout).toMatch(/^Building the MCP server and its local Scalekit environment.*\nnpm\nnode\n$/)
  })

  test('stays local with a .env for production, and takes the ports from it', async () => {
    const [port, localPort] = [await freePort(), await freePort()]
    await writeEnv(
      [
        'SK_ENV_URL=https://acme.scalekit.com',
        'SCALEKIT_CLIENT_ID=skc_1',
        'SCALEKIT_CLIENT_SECRET=the-secret',
        'ADMIN_ORGANIZATION=org_1',
        'EXPECTED_AUDIENCE=https://mcp.acme.com/mcp',
        'MCP_SERVER_ID=res_1',
        'NODE_ENV=production',
        'REDIS_URL=redis://redis.acme.internal:6379',
        'DATABASE_URL=postgres://user:the-password@db.acme.internal/app',
        'AUDIT_FILE=/nowhere/audit.jsonl',
        'METRICS_PORT=1',
        `PORT=${port}`,
        `LOCAL_PORT=${localPort}`,
      ].join('\n'),
    )
    const { output } = await start(['dev', '--memory'], {}, port)
    await expect.poll(output).toContain(`Scalekit MCP server   http://localhost:${port}/mcp`)
    expect(output()).toContain(`http://localhost:${localPort} `)
    expect(output()).toContain('dev takes PORT, LOCAL_PORT, HOST, LOG_LEVEL from .env.')
    expect(output()).not.toMatch(/the-secret|the-password/)
    const token = await mintToken({ localUrl: `http://localhost:${localPort}` })
    const { items } = await callTool(
      '2026-07-28',
      { url: `http://localhost:${port}/mcp`, token },
      'list_environments',
    )
    expect(items).toHaveLength(2)
    expect(output()).not.toContain('oidc-provider')
  })

  test('listens on PORT of the environment before that of .env, and on --port before both', async () => {
    const [fromFile, fromEnvironment, fromOption] = [await freePort(), await freePort(), await freePort()]
    await writeEnv(`PORT=${fromFile}\n`)
    for (const [port, args] of [
      [fromEnvironment, []],
      [fromOption, ['--port', String(fromOption)]],
    ] as const) {
      const env = { PORT: String(fromEnvironment), LOCAL_PORT: '0' }
      const { output, stop } = await start(['dev', '--memory', ...args], env, port)
      const printed = () => new Set(output().match(/localhost:\d+(?=\/mcp)/g))
      await expect.poll(printed).toEqual(new Set([`localhost:${port}`]))
      expect(output()).toContain(`claude mcp add --transport http scalekit http://localhost:${port}/mcp`)
      expect(output().split('\n', 1)).toEqual([
        '  Starting the MCP server and a local Scalekit environment …',
      ])
      expect(await stop()).toBe(0)
    }
    const { code, stderr } = await runToEnd(['dev', '--memory'], { PORT: 'x' }, folder)
    expect({ code, stderr }).toEqual({ code: 78, stderr: '--port (PORT): give a port from 1 to 65535.\n' })
  })
})
