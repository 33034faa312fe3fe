import net from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { runToEnd } from '../../../../test/harness/program.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { DEV } from '../oauth/sso-client.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
})
afterAll(() => local.close())

/** Sends a request as it is written, and gives the status and the head of the answer. */
function raw(head: string, host = '127.0.0.1'): Promise<{ status: number; head: string }> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port: local.port, host })
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const [status = ''] = /(?<=^HTTP\/1\.1 )\d+/.exec(answer) ?? []
      resolve({ status: Number(status), head: answer.split('\r\n\r\n')[0]?.toLowerCase() ?? '' })
    })
    socket.write(head)
  })
}

const get = (path: string, headers: string) =>
  raw(`GET ${path} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`)

const reachable = (host: string) =>
  new Promise<boolean>((resolve) => {
    const socket = net.connect({ port: local.port, host })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

describe('S15: the local environment', () => {
  it('listens on the loopback addresses and no other', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, scopeid }) => !internal && !scopeid)
    expect(await reachable('127.0.0.1')).toBe(true)
    for (const { address } of others) expect(await reachable(address), address).toBe(false)
    expect(await reachable('127.0.0.2')).toBe(false)
  })

  it('answers to its own name only (DNS rebinding)', async () => {
    const { port } = local
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      `localhost.evil.example:${port}`,
      `localhost:${port}.evil.example`,
      `127.0.0.1.nip.io:${port}`,
      `localhost:${port + 1}`,
      'localhost',
      `0.0.0.0:${port}`,
      `127.0.0.2:${port}`,
      `127.1:${port}`,
      `2130706433:${port}`,
      `[::]:${port}`,
      `localhost.:${port}`,
      `user@localhost:${port}`,
      `localhost:${port}@evil.example`,
      '',
    ]
    for (const path of ['/', '/__local/health', '/workspace/keys', `/${DEV}/api/v1/organizations`]) {
      for (const host of hosts) {
        const { status } = await get(path, `Host: ${host}\r\nx-scalekit-local: 1\r\n`)
        expect([400, 421], `${path} ${host}`).toContain(status)
      }
      const absolute = `GET http://evil.example${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`
      expect((await raw(absolute)).status).toBe(421)
      const two = `Host: localhost:${port}\r\nHost: evil.example\r\nx-scalekit-local: 1\r\n`
      expect((await get(path, two)).status, path).toBe(400)
    }
    const none = 'GET /__local/health HTTP/1.1\r\nx-scalekit-local: 1\r\nConnection: close\r\n\r\n'
    expect((await raw(none)).status).toBe(400)
    expect((await get('/__local/health', `Host: localhost:${port}\r\nx-scalekit-local: 1\r\n`)).status).toBe(
      200,
    )
  })

  const controls: [string, string][] = [
    ['GET', 'health'],
    ['POST', 'tokens'],
    ['GET', 'requests'],
    ['GET', 'outbox'],
    ['DELETE', 'outbox'],
    ['GET', 'state'],
    ['PUT', 'state'],
    ['POST', 'reset'],
    ['POST', 'faults'],
    ['POST', 'clock'],
    ['POST', 'webhooks'],
    ['GET', 'webhooks'],
    ['GET', 'snapshots'],
    ['GET', 'coverage'],
  ]

  it('is controlled by no web page: neither with its origin, nor without the header, nor after asking', async () => {
    const origins = ['https://evil.example', 'null', local.url, 'http://localhost:3000', `${local.url}.evil`]
    const statuses: number[] = []
    for (const [method, path] of controls) {
      const url = `${local.url}/__local/${path}`
      for (const origin of origins) {
        const response = await fetch(url, { method, headers: { origin, 'x-scalekit-local': '1' } })
        expect(response.headers.get('access-control-allow-origin'), `${method} ${path} ${origin}`).toBeNull()
        statuses.push(response.status)
      }
      for (const header of [{}, { 'x-scalekit-local': '' }, { 'x-scalekit-local': 'true' }] as Record<
        string,
        string
      >[]) {
        statuses.push((await fetch(url, { method, headers: header })).status)
      }
      // What a page sends that hides where it is: a form, an image, a script.
      for (const mode of ['cross-site', 'same-site', 'same-origin']) {
        const headers = { 'sec-fetch-site': mode, 'sec-fetch-mode': 'no-cors', 'x-scalekit-local': '1' }
        statuses.push((await fetch(url, { method, headers })).status)
      }
      const preflight = await fetch(url, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://evil.example',
          'access-control-request-method': method,
          'access-control-request-headers': 'x-scalekit-local',
        },
      })
      expect(preflight.headers.get('access-control-allow-headers')).toBeNull()
      statuses.push(preflight.status)
      expect(statuses, `${method} ${path}`).toEqual(statuses.map(() => 403))
    }
    const production = await startedInProduction()
    expect(production.code).toBe(78)
    expect(production.stderr).toContain('NODE_ENV=production')
    const answered = statuses.filter((status) => status !== 403).length
    measure('S15', `${answered} of ${statuses.length} calls of web pages answered; production server refused`)
  })

  it('is no API for web pages: what a page reads is what RFCs say that pages read', async () => {
    const paths = [
      `/${DEV}/api/v1/organizations`,
      '/api/v1/environments',
      '/dashboard/outbox',
      '/',
      `/${DEV}/directories/dir_100000000000000001/scim/v2/Users`,
    ]
    for (const path of paths) {
      const headers = { origin: 'https://evil.example', authorization: 'Bearer x' }
      const response = await fetch(local.url + path, { headers })
      expect(response.headers.get('access-control-allow-origin'), path).toBeNull()
      expect(response.headers.get('cross-origin-resource-policy') ?? 'same-origin', path).toBe('same-origin')
    }
  })
})

/** A server with NODE_ENV=production that is told to trust this environment. */
function startedInProduction() {
  return runToEnd(['serve'], {
    NODE_ENV: 'production',
    SCALEKIT_WORKSPACE_URL: `${local.url}/workspace`,
    SCALEKIT_CLIENT_ID: 'skc_100000000000000000',
    SCALEKIT_CLIENT_SECRET: 'test_local_secret',
    EXPECTED_AUDIENCE: 'https://mcp.example.com/mcp',
  })
}
