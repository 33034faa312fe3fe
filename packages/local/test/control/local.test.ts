import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, LocalError, type LocalScalekit, seedJsonSchema } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { mcpIssuer } from '../oauth/authorization-code.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterAll(() => local.close())

/** A request with headers that `fetch` would not let through. */
function send(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
  host = '127.0.0.1',
): Promise<{ status: number; location?: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port: local.port, path, method, headers }, (response) => {
      response.resume()
      const { location } = response.headers
      resolve({ status: response.statusCode ?? 0, ...(location === undefined ? {} : { location }) })
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('the port', () => {
  it('answers on the loopback addresses only', async () => {
    const host = `localhost:${local.port}`
    expect((await send('/workspace/keys', { host })).status).toBe(200)
    expect((await send('/workspace/keys', { host }, 'GET', '::1')).status).toBe(200)
    const elsewhere = net.connect(local.port, '127.0.0.2')
    const outcome = await new Promise((resolve) =>
      elsewhere.once('connect', () => resolve('connected')).once('error', () => resolve('refused')),
    )
    elsewhere.destroy()
    expect(outcome).toBe('refused')
  })

  it.each([
    'evil.example',
    'localhost',
    'localhost.evil.example:1',
    '169.254.169.254',
    '0.0.0.0',
    '127.0.0.1:1',
    'localhost:1',
  ])('refuses the host %s', async (host) => {
    for (const path of ['/workspace/keys', '/__local/health', '/api/v1/organizations', '/']) {
      expect((await send(path, { host, 'x-scalekit-local': '1' })).status).toBe(421)
    }
  })

  it('takes a sign-in that starts at another loopback name to the canonical one, which owns the cookies', async () => {
    const path = `${new URL(mcpIssuer(local.url)).pathname}/oauth/authorize?client_id=x`
    const answer = await send(path, { host: `127.0.0.1:${local.port}` })
    expect(answer).toEqual({ status: 307, location: local.url + path })
  })

  it('speaks HTTP/2 without TLS too, and refuses a foreign host there', async () => {
    const session = http2.connect(local.url)
    const status = (headers: http2.OutgoingHttpHeaders) =>
      new Promise((resolve, reject) => {
        const stream = session.request(headers)
        stream.once('response', (answer) => resolve(answer[':status'])).once('error', reject)
        stream.end()
        stream.resume()
      })
    expect(
      await status({
        ':path': '/scalekit.v1.organizations.OrganizationService/ListOrganization',
        ':method': 'POST',
        'content-type': 'application/grpc',
      }),
    ).toBe(200)
    expect(await status({ ':path': '/workspace/keys' })).toBe(404)
    expect(await status({ ':path': '/workspace/keys', ':authority': 'evil.example' })).toBe(421)
    session.close()
  })

  it('waits for a client that sends its request byte by byte', async () => {
    const socket = net.connect(local.port, '127.0.0.1')
    const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())))
    const bytes = `PUT /workspace/keys HTTP/1.1\r\nHost: localhost:${local.port}\r\nConnection: close\r\n\r\n`
    socket.setNoDelay(true)
    for (const byte of bytes) {
      socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await answer).toMatch(/^HTTP\/1\.1 404/)
    socket.destroy()
  })

  it('that is in use is said so, with what to do', async () => {
    const attempt = createLocalScalekit({ memory: true, port: local.port })
    await expect(attempt).rejects.toThrow(LocalError)
    await expect(attempt).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringMatching(/--port \(local\), --local-port \(dev\) or LOCAL_PORT/),
    })
  })

  it('is free again after closing, and several run at a time', async () => {
    const [one, two] = await Promise.all([
      createLocalScalekit({ ...(await emptyStorage()), port: 0 }),
      createLocalScalekit({ ...(await emptyStorage()), port: 0 }),
    ])
    expect(one.port).not.toBe(two.port)
    const { port } = one
    await one.close()
    const again = await createLocalScalekit({ memory: true, port })
    expect(again.url).toBe(`http://localhost:${port}`)
    await Promise.all([again.close(), two.close()])
  })

  it('three in one process share nothing: neither data, nor keys, nor clocks', async () => {
    const three = await Promise.all(
      [1, 2, 3].map(async () => createLocalScalekit({ ...(await emptyStorage()), port: 0 })),
    )
    const sdks = three.map(
      ({ url }) =>
        new Scalekit(`${url}/env_100000000000000001`, 'skc_100000000000000001', 'test_local_secret'),
    )
    const tokens = await Promise.all(
      sdks.map(async (sdk, index) => {
        await sdk.organization.createOrganization(`Only in ${index}`, { externalId: 'the-same' })
        return sdk.generateClientToken('skc_100000000000000001', 'test_local_secret')
      }),
    )
    /** What each answers to a token. */
    const answers = (token: string) =>
      Promise.all(
        three.map(async ({ url }) => {
          const headers = { authorization: `Bearer ${token}` }
          return (await fetch(`${url}/env_100000000000000001/api/v1/organizations`, { headers })).status
        }),
      )
    for (const [index, sdk] of sdks.entries()) {
      const { organization } = await sdk.organization.getOrganizationByExternalId('the-same')
      expect(organization?.displayName).toBe(`Only in ${index}`)
      expect(await answers(tokens[index] ?? '')).toEqual(
        three.map((_, other) => (other === index ? 200 : 401)),
      )
    }
    const moved = await fetch(`${three[0]?.url}/__local/clock`, {
      method: 'POST',
      headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ advance: 2 * 24 * 3600 }),
    })
    expect(moved.status).toBe(200)
    expect(await answers(tokens[0] ?? '')).toEqual([401, 401, 401])
    expect(await answers(tokens[1] ?? '')).toEqual([401, 200, 401])
    await Promise.all(three.map((one) => one.close()))
  })

  it('answers nothing that it does not serve', async () => {
    for (const path of [
      '/nowhere',
      '/dashboard/env_999',
      '/env_999/oauth/token',
      '/workspace/oauth/nothing',
      '/workspace/resources/res_999/oauth/token',
    ]) {
      const response = await fetch(local.url + path)
      expect(response.status, path).toBe(404)
      expect(response.headers.get('x-powered-by')).toBeNull()
    }
  })
})

describe('the seed', () => {
  it('may be a file, an object or the default, and the MCP server may be moved', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'local-seed-'))
    const file = join(directory, 'seed.yaml')
    await writeFile(
      file,
      'version: 1\nworkspace:\n  members: [{ id: usr_1, email: A@example.com, role: ADMIN }]\n',
    )
    const fromFile = await createLocalScalekit({ ...(await emptyStorage()), port: 0, seed: file })
    expect(await fromFile.database.db.selectFrom('members').select('email').execute()).toEqual([
      { email: 'a@example.com' },
    ])
    await fromFile.close()
    await rm(directory, { recursive: true })

    const moved = await createLocalScalekit({
      ...(await emptyStorage()),
      port: 0,
      mcpServerUrl: 'https://mcp.example/',
    })
    const [server] = await moved.database.db
      .selectFrom('resources')
      .select('url')
      .where('realm', '=', 'workspace')
      .execute()
    expect(server?.url).toBe('https://mcp.example/')
    await moved.close()
  })

  it.each([
    ['a file that is not there', '/nowhere/seed.yaml', /no seed file at \/nowhere/],
    ['what is no seed', { version: 2 } as never, /version/],
  ])('that is %s is refused with what is wrong', async (_name, seed, message) => {
    const attempt = createLocalScalekit({ ...(await emptyStorage()), port: 0, seed })
    await expect(attempt).rejects.toMatchObject({
      code: 'seed_invalid',
      message: expect.stringMatching(message),
    })
  })

  it('has a JSON Schema', () => {
    expect(seedJsonSchema()).toMatchObject({ type: 'object', required: ['version', 'workspace'] })
  })
})
