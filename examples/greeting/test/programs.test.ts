import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type LocalEnvironment, startLocalEnvironment } from './local-environment.js'
import { callOf, folder, freePort, type Program, run, untilHealthy, untilWritten } from './program.js'

// The programs, as a developer starts them.

const node = process.execPath
const running: Program[] = []
/** A folder with `dist`, where the tests can have a `.env` of their own. */
let built: string
let port: string
let local: LocalEnvironment

beforeAll(async () => {
  const dist = join(folder, 'dist')
  await mkdir(dist, { recursive: true })
  built = await mkdtemp(join(dist, 'test-'))
  const compiler = run(['npm', 'run', 'build', '--', '--outDir', join(built, 'dist')])
  expect(await compiler.ended, compiler.output()).toBe(0)
  port = await freePort()
  local = await startLocalEnvironment(`http://localhost:${port}/`)
})
afterEach(async () => {
  for (const program of running.splice(0)) {
    program.signal('SIGKILL')
    await program.ended
  }
  await rm(join(built, '.env'), { recursive: true, force: true })
})
afterAll(async () => {
  await local.close()
  await rm(built, { recursive: true, force: true })
})

function start(command: readonly string[], env: Record<string, string> = {}, cwd = built): Program {
  const program = run(command, env, cwd)
  running.push(program)
  return program
}

/** What a tool answers. */
async function greet(url: string, token: string): Promise<Response> {
  const { headers, body } = callOf('greet_user', { name: 'Saif' })
  return fetch(url, { method: 'POST', headers: { ...headers, authorization: `Bearer ${token}` }, body })
}

test('npm start: a line at once, then a local environment and the server, and no value of .env', async () => {
  const [ownPort, localPort] = [await freePort(), await freePort()]
  const data = await mkdtemp(join(tmpdir(), 'greeting-'))
  const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  // In a copy, so that .env is not that of the developer.
  for (const part of ['local', 'src']) await cp(join(folder, part), join(built, part), { recursive: true })
  await writeFile(join(built, '.env'), 'SK_ENV_URL=https://acme.scalekit.com\nPORT=1\nLOG_LEVEL=none')
  const env = { PORT: ownPort, LOCAL_PORT: localPort, LOCAL_DATA: data, LOG_LEVEL: '' }
  const program = start(scripts.start.split(' '), env)
  await untilWritten(
    program,
    /Greeting MCP server {3}http.*\n[\s\S]*Stop with.*\n\n {2}\.env is not used here\..*npm run serve/,
  )
  expect(program.output()).toMatch(
    /Starting .*\n[\s\S]*ana@acme\.example, ben@acme\.example or dev@initech\.example/,
  )
  const minted = await fetch(`http://localhost:${localPort}/__local/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scalekit-local': '1' },
    body: JSON.stringify({ subject: 'ben@acme.example', resource: `http://localhost:${ownPort}/` }),
  })
  const { access_token } = (await minted.json()) as { access_token: string }
  const response = await greet(`http://localhost:${ownPort}/`, access_token)
  expect(await response.text()).toContain('Hi Saif, welcome to Scalekit!')
  expect(program.output()).not.toContain('oidc-provider')
  // Ctrl+C reaches it twice: from the terminal, and from npm.
  program.signal('SIGINT')
  program.signal('SIGINT')
  expect(await program.ended, program.output()).toBe(0)
  await rm(data, { recursive: true })
})

describe('node dist/server.js', () => {
  test.each([
    ['in single quotes', "'"],
    ['without quotes', ''],
  ])('reads .env with the metadata %s, and stops on SIGTERM', async (_case, quote) => {
    const lines = Object.entries(local.variables).map(([name, value]) =>
      name === 'PROTECTED_RESOURCE_METADATA' ? `${name}=${quote}${value}${quote}` : `${name}=${value}`,
    )
    await writeFile(join(built, '.env'), lines.join('\n'))
    // From another folder, as process managers start it.
    const program = start([node, join(built, 'dist/server.js')], {}, tmpdir())
    await untilHealthy(port)
    const response = await greet(
      local.variables.EXPECTED_AUDIENCE ?? '',
      await local.tokenOf('ana@acme.example'),
    )
    expect(await response.text()).toContain('Hi Saif, welcome to Scalekit!')
    program.signal('SIGTERM')
    expect(await program.ended, program.output()).toBe(0)
  })

  test('takes a variable from the environment before .env', async () => {
    const lines = Object.entries({ ...local.variables, PORT: '1', LOG_LEVEL: 'info' })
    await writeFile(join(built, '.env'), lines.map(([name, value]) => `${name}=${value}`).join('\n'))
    const program = start([node, 'dist/server.js'], { PORT: port, LOG_LEVEL: 'silent' })
    await untilHealthy(port)
    program.signal('SIGTERM')
    expect(await program.ended).toBe(0)
    expect(program.output()).toBe('')
  })

  test('finishes a request that is in progress when it is told to stop', async () => {
    const program = start([node, 'dist/server.js'], local.variables)
    await untilHealthy(port)
    const { headers, body } = callOf('greet_user', { name: 'Saif' })
    const call = request(`http://localhost:${port}/`, {
      method: 'POST',
      headers: {
        ...headers,
        authorization: `Bearer ${await local.tokenOf('ana@acme.example')}`,
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    })
    // The kit asks for the body when it has accepted the token.
    await once(call, 'continue')
    program.signal('SIGTERM')
    const health = () => fetch(`http://localhost:${port}/health`).catch(() => 'refused')
    await expect.poll(health, { timeout: 120_000 }).toBe('refused')
    call.end(body)
    const [response] = await once(call, 'response')
    expect(await text(response)).toContain('Hi Saif, welcome to Scalekit!')
    expect(await program.ended, program.output()).toBe(0)
  })

  test('does not start without its variables: a sentence for each, no stack, exit code 78', async () => {
    const program = start([node, 'dist/server.js'], { PORT: 'http' })
    expect(await program.ended).toBe(78)
    const sentences = program.output().trimEnd().split('\n')
    expect(sentences.map((sentence) => /^(\w+) is missing\.|Set (\w+) to/.exec(sentence)?.slice(1))).toEqual([
      ['SK_ENV_URL', undefined],
      ['EXPECTED_AUDIENCE', undefined],
      ['PROTECTED_RESOURCE_METADATA', undefined],
      [undefined, 'PORT'],
    ])
  })

  test.each([[], ['an-argument']])(
    'imported without its variables, throws and leaves the process alone',
    async (...args) => {
      const importing =
        "await import('./dist/server.js').catch(({ name, message }) => console.log(name, message))"
      const program = start([node, '--input-type=module', '--eval', importing, ...args], {})
      expect(await program.ended, program.output()).toBe(0)
      expect(program.output()).toMatch(/^ConfigError SK_ENV_URL is missing\. Set SK_ENV_URL to /)
    },
  )

  test('starts without the extension of the file too', async () => {
    const program = start([node, 'dist/server'], local.variables)
    await untilHealthy(port)
    program.signal('SIGTERM')
    expect(await program.ended, program.output()).toBe(0)
  })

  test('says what to do about a port that is in use, and a .env that cannot be read', async () => {
    const first = start([node, 'dist/server.js'], local.variables)
    await untilHealthy(port)
    const second = start([node, 'dist/server.js'], local.variables)
    expect(await second.ended).toBe(78)
    expect(second.output()).toMatch(
      /^PORT \d+ cannot be used: listen EADDRINUSE.* Set PORT to another number\.\n$/,
    )
    first.signal('SIGTERM')
    await first.ended

    await mkdir(join(built, '.env'))
    const third = start([node, 'dist/server.js'], local.variables)
    expect(await third.ended).toBe(78)
    expect(third.output()).toBe('.env: cannot be read (EISDIR). Make it a file that this user can read.\n')
  })

  test.each([
    [
      'a line that is no variable',
      'PORT: 3002\n',
      '.env: line 1 is not NAME=value. Write one variable on each line, JSON in single quotes, and comments after #.\n',
    ],
    [
      'UTF-16',
      Buffer.from('\uFEFFPORT=3002', 'utf16le'),
      '.env: is not text in UTF-8. Save it in that encoding.\n',
    ],
  ])('refuses a .env with %s', async (_case, content, sentence) => {
    await writeFile(join(built, '.env'), content)
    const program = start([node, 'dist/server.js'], local.variables)
    expect(await program.ended).toBe(78)
    expect(program.output()).toBe(sentence)
  })

  test('says what to do about an address that this machine does not have', async () => {
    const program = start([node, 'dist/server.js'], { ...local.variables, HOST: '192.0.2.1' })
    expect(await program.ended).toBe(78)
    expect(program.output()).toMatch(/^HOST: this machine does not have the address 192\.0\.2\.1 .*\.\n$/)
  })

  test('listens on HOST and PORT, and warns where EXPECTED_AUDIENCE has another port', async () => {
    const other = await freePort()
    const env = { ...local.variables, HOST: '127.0.0.2', PORT: other, LOG_LEVEL: 'info' }
    const program = start([node, 'dist/server.js'], env)
    await untilWritten(program, `and this server listens on port ${other}. Set PORT to ${port}`)
    expect(program.output()).toContain(`http://localhost:${port}/, listening on port ${other}"`)
    expect((await fetch(`http://127.0.0.2:${other}/health`)).status).toBe(200)
    await expect(fetch(`http://127.0.0.1:${other}/health`)).rejects.toThrow()
  })
})

test("PM2's configuration: four processes share the port, and each counts its callers", async () => {
  const pm2 = start([node, '--import', 'tsx', join(folder, 'test/pm2.ts')], local.variables)
  await untilWritten(pm2, /(a worker listens\n[\s\S]*){4}/)
  const response = await greet(`http://localhost:${port}/`, await local.tokenOf('ana@acme.example'))
  expect(response.status).toBe(200)
  expect(response.headers.get('ratelimit-policy')).toBe('"caller";q=1000000;w=60')
  pm2.signal('SIGINT')
  expect(await pm2.ended, pm2.output()).toBe(0)
  expect(pm2.output().match(/a worker ended with 0\n/g)).toHaveLength(4)
})

test('the function answers what a gateway hands to it', async () => {
  for (const [name, value] of Object.entries(local.variables)) vi.stubEnv(name, value)
  const { handler } = await import('../src/lambda.js')
  vi.unstubAllEnvs()
  const invoke = async (method: string, path: string, headers: Record<string, string> = {}, body = '') =>
    (await handler(
      {
        version: '2.0',
        rawPath: path,
        rawQueryString: '',
        headers: { host: `localhost:${port}`, 'content-length': String(body.length), ...headers },
        requestContext: { http: { method, path, sourceIp: '192.0.2.1' } },
        body,
        isBase64Encoded: false,
      },
      {},
    )) as { statusCode: number; body: string }
  expect(await invoke('GET', '/health')).toMatchObject({ statusCode: 200, body: '{"status":"healthy"}' })
  expect(await invoke('POST', '/')).toMatchObject({ statusCode: 401 })
  const { headers, body } = callOf('greet_user', { name: 'Saif' })
  const authorization = `Bearer ${await local.tokenOf('ana@acme.example')}`
  expect(await invoke('POST', '/', { ...headers, authorization }, body)).toMatchObject({
    statusCode: 200,
    body: expect.stringContaining('Hi Saif, welcome to Scalekit!'),
  })
})
