import http, { type RequestListener } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { createPublicFetch } from '../../src/oauth/clients/public-fetch.js'
import { mcpIssuer, REDIRECT_URI } from '../oauth/authorization-code.js'
import { ask } from './attack.js'

let local: LocalScalekit
let canaries: net.Server[] = []
let port = 0
let connections = 0
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
  // On every address of this machine, IPv4 and IPv6: whatever arrives was a connection to one that is not public.
  const four = net.createServer(counted).listen(0, '0.0.0.0')
  await new Promise((resolve) => four.once('listening', resolve))
  port = (four.address() as AddressInfo).port
  const six = net.createServer(counted).listen({ port, host: '::', ipv6Only: true })
  await new Promise((resolve) => six.once('listening', resolve).once('error', resolve))
  canaries = [four, six]
})
beforeEach(() => {
  connections = 0
})
afterAll(async () => {
  for (const canary of canaries) canary.close()
  await local.close()
})

function counted(socket: net.Socket): void {
  connections++
  socket.destroy()
}

/** The status of a request whose client is the document at an address. */
async function statusFor(client_id: string): Promise<number> {
  const response = await ask(mcpIssuer(local.url), {
    client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
  })
  return response.status
}

const own = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .map(({ address, family }) => (family === 'IPv6' ? `[${address.split('%')[0]}]` : address))
  .filter((address) => address !== '127.0.0.1' && address !== '[::1]')

/** Every way to write an address that is not public, or to get to one. `https`, because elsewhere nothing else is fetched. */
const HOSTS = [
  '127.0.0.2',
  '127.255.255.254',
  '127.1.1',
  '2130706434',
  '0x7f000002',
  '0x7f.0.0.2',
  '0177.0.0.2',
  '017700000002',
  '0.0.0.0',
  '0',
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.255.255',
  '100.64.0.1',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '169.254.1.1',
  '198.18.0.1',
  '192.0.2.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:7f00:1::]',
  '[2001::1]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  'localhost.',
  'LOCALHOST.',
  'localhost.localdomain',
  'ip6-localhost',
  'metadata.google.internal',
  '１２７.0.0.2',
  '127。0。0。2',
  ...own,
]

describe('S8: a client ID metadata document', () => {
  it('is fetched from no address that is not public, however it is written', async () => {
    const refused: number[] = []
    for (const host of HOSTS) refused.push(await statusFor(`https://${host}:${port}/client.json`))
    expect(refused).toEqual(HOSTS.map(() => 400))
    expect(connections).toBe(0)
  })

  it('is no client under an address that is not one of a document', async () => {
    const addresses = [
      `http://10.0.0.1:${port}/client.json`,
      `http://127.0.0.2:${port}/client.json`,
      `ftp://127.0.0.1:${port}/client.json`,
      `file:///etc/passwd`,
      `gopher://127.0.0.1:${port}/x`,
      `https://127.0.0.2:${port}/`,
      `https://user@127.0.0.2:${port}/client.json`,
      `https://127.0.0.2:${port}/client.json#x`,
      `https://127.0.0.2:${port}/a/../client.json`,
      `http://localhost:${port}`,
      `http://user:password@localhost:${port}/client.json`,
      `http://localhost:${port}/client.json#x`,
      `http://localhost.evil.example:${port}/client.json`,
    ]
    for (const address of addresses) expect(await statusFor(address), address).toBe(400)
    expect(connections).toBe(0)
    measure('S8', `${connections} connections for ${HOSTS.length + addresses.length} documents`)
  })

  it('of a name that resolves to several addresses is not fetched when one is not public', async () => {
    const mixed = [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const fetchPublic = createPublicFetch(async () => mixed)
    await expect(fetchPublic(`http://mixed.example:${port}/`)).rejects.toThrow('not a public one')
    const nowhere = createPublicFetch(async () => [])
    await expect(nowhere(`http://none.example:${port}/`)).rejects.toThrow('not a public one')
    expect(connections).toBe(0)
  })

  it('of a name that resolves otherwise a moment later is asked for at the address that was looked at', async () => {
    let asked = 0
    const leaving = new AbortController()
    const rebinding = createPublicFetch(async () => {
      asked++
      setTimeout(() => leaving.abort(), 300)
      // 192.31.196.0/24 is in no list of ours, and nobody answers there.
      return [{ address: asked === 1 ? '192.31.196.1' : '127.0.0.1', family: 4 }]
    })
    await expect(rebinding(`http://rebind.example:${port}/`, { signal: leaving.signal })).rejects.toThrow()
    expect(asked).toBe(1)
    expect(connections).toBe(0)
  })
})

describe('S8: the developer’s exception, a document on this machine', () => {
  let server: http.Server
  let base = ''
  let answer: RequestListener
  let requests: http.IncomingMessage[]
  beforeAll(async () => {
    server = http.createServer((request, response) => {
      requests.push(request)
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    requests = []
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const right = (id: string) => ({ client_id: id, client_name: 'Local', redirect_uris: [REDIRECT_URI] })

  it('is asked for once with GET, and with nothing that is anybody’s', async () => {
    answer = (_request, response) => response.end(JSON.stringify(right(`${base}/client.json`)))
    await fetch(`${mcpIssuer(local.url)}/oauth/authorize?client_id=${base}/client.json`, {
      headers: { cookie: 'session=secret', authorization: 'Bearer secret' },
      redirect: 'manual',
    })
    expect(requests.length).toBeGreaterThan(0)
    for (const { method, headers } of requests) {
      expect(method).toBe('GET')
      expect(JSON.stringify(headers)).not.toContain('secret')
      expect(headers).not.toHaveProperty('content-length')
    }
  })

  const id = () => `${base}/client.json`
  const send =
    (body: unknown, status = 200): RequestListener =>
    (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }

  it.each<[string, () => RequestListener]>([
    ['redirects', () => (_request, response) => response.writeHead(302, { location: '/other' }).end()],
    [
      'redirects into a private network',
      () => (_request, response) =>
        response.writeHead(307, { location: `https://127.0.0.2:${port}/client.json` }).end(),
    ],
    ['is longer than 5 KB', () => send({ ...right(id()), filler: 'x'.repeat(5200) })],
    [
      'never ends',
      () => (_request, response) => {
        response.write('{"filler":"')
        const dripping = setInterval(() => response.write('x'.repeat(2000)), 20)
        response.once('close', () => clearInterval(dripping))
      },
    ],
    ['never begins', () => () => undefined],
    ['is no JSON', () => (_request, response) => response.end('<html>')],
    ['is a list', () => send([right(id())])],
    ['is null', () => send(null)],
    ['names another client', () => send(right(`${base}/other.json`))],
    ['names the same client in other words', () => send(right(id().replace('127.0.0.1', 'localhost')))],
    ['names no client', () => send({ redirect_uris: [REDIRECT_URI] })],
    ['has a secret', () => send({ ...right(id()), client_secret: 'x' })],
    ['comes with an error', () => send(right(id()), 404)],
    ['comes with another success', () => send(right(id()), 201)],
    ['has a redirect URI that runs', () => send({ ...right(id()), redirect_uris: ['javascript:alert(1)'] })],
  ])('is not taken when it %s', async (_case, listener) => {
    answer = listener()
    expect(await statusFor(id())).toBe(400)
    expect(connections).toBe(0)
  })
})
