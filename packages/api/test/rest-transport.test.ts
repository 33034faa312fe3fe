import type { ServerResponse } from 'node:http'
import {
  type Client,
  Code,
  ConnectError,
  createClient,
  createRouterTransport,
  type Interceptor,
} from '@connectrpc/connect'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  apiError,
  ClientService,
  connections,
  createRestTransport,
  createTranscoder,
  errorInfo,
  OrganizationService,
  type RestTransportOptions,
  services,
  UserService,
} from '../src/index.js'
import { type Listening, listen } from './support/listen.js'

const open: Listening[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function serverOf(handler: Parameters<typeof listen>[0]): Promise<string> {
  const server = await listen(handler)
  open.push(server)
  return server.url
}

async function organizationsAt(
  handler: Parameters<typeof listen>[0],
  options: Partial<RestTransportOptions> = {},
): Promise<Client<typeof OrganizationService>> {
  return createClient(
    OrganizationService,
    createRestTransport({ baseUrl: await serverOf(handler), ...options }),
  )
}

const failure = async (call: Promise<unknown>): Promise<ConnectError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ConnectError))
    throw new Error('the call did not fail with a ConnectError', { cause: error })
  return error
}

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  organizationsAt((_, res) =>
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body),
  )

const byId = { identities: { case: 'id', value: 'org_1' } } as const

describe('a call through the transport and the transcoder', () => {
  async function roundTrip() {
    const seen: unknown[] = []
    const router = createRouterTransport(({ service }) => {
      service(OrganizationService, {
        updateOrganization(message) {
          seen.push(message)
          return { organization: { id: 'org_1', displayName: 'B', metadata: { a: '1' } } }
        },
        getOrganization() {
          throw apiError(Code.NotFound, 'No such organization', { errorCode: 'ORG_NOT_FOUND' })
        },
        listOrganization(message) {
          seen.push(message)
          return { totalSize: 1, organizations: [{ id: 'org_1' }] }
        },
      })
      service(UserService, {
        getUser(message) {
          seen.push(message)
          return { user: { id: 'usr_1' } }
        },
        deleteUser: () => ({}),
      })
      service(ClientService, {
        updateClient(message) {
          seen.push(message)
          return {}
        },
      })
    })
    const transcode = createTranscoder({ services, transport: router })
    const baseUrl = await serverOf((req, res) => transcode(req, res, () => res.writeHead(404).end()))
    const transport = createRestTransport({ baseUrl: `${baseUrl}/` })
    return { seen, transport, last: () => seen.at(-1) }
  }

  it('carries path, body and answer', async () => {
    const { transport, last } = await roundTrip()
    const client = createClient(OrganizationService, transport)
    const { organization } = await client.updateOrganization({
      identities: { case: 'id', value: 'org/1?x' },
      organization: { displayName: 'B' },
    })
    expect(organization).toMatchObject({ id: 'org_1', displayName: 'B', metadata: { a: '1' } })
    expect(last()).toMatchObject({
      identities: { value: 'org/1?x' },
      updateMask: { paths: ['display_name'] },
    })
  })

  it('carries the query', async () => {
    const { transport, last } = await roundTrip()
    await createClient(OrganizationService, transport).listOrganization({
      pageSize: 5,
      pageToken: 'a b&c',
      externalId: '',
    })
    expect(last()).toMatchObject({ pageSize: 5, pageToken: 'a b&c', externalId: '' })
  })

  it('uses the additional binding whose fields are there', async () => {
    const { transport, last } = await roundTrip()
    const client = createClient(UserService, transport)
    await client.getUser({ identities: { case: 'externalId', value: 'e/1' } })
    expect(last()).toMatchObject({ identities: { case: 'externalId', value: 'e/1' } })
    await client.deleteUser({ identities: { case: 'id', value: 'usr_1' } })
  })

  it('clears what the mask names and the message leaves empty', async () => {
    const { transport, last } = await roundTrip()
    await createClient(ClientService, transport).updateClient({
      clientId: 'skc_1',
      client: { initiateLoginUri: '' },
      mask: { paths: ['post_login_uris', 'initiate_login_uri'] },
    })
    expect(last()).toMatchObject({
      client: { postLoginUris: [] },
      mask: { paths: ['post_login_uris', 'initiate_login_uri'] },
    })
  })

  it('brings the error with its code and details', async () => {
    const { transport } = await roundTrip()
    const error = await failure(createClient(OrganizationService, transport).getOrganization(byId))
    expect([error.code, error.rawMessage, errorInfo(error)?.errorCode]).toEqual([
      Code.NotFound,
      'No such organization',
      'ORG_NOT_FOUND',
    ])
  })
})

describe('the transport', () => {
  it('asks for the headers of every call, and runs the interceptors of the caller first', async () => {
    const seen: string[] = []
    let calls = 0
    const client = await organizationsAt(
      (req, res) => {
        seen.push(`${req.headers.authorization} ${req.headers['x-env-domain']} ${req.headers['x-client']}`)
        res.writeHead(200).end('{}')
      },
      {
        authorize: async () => ({ authorization: `Bearer ${++calls}` }),
        headers: { 'x-client': 'test' },
        interceptors: [
          (next) => (req) => {
            req.header.set('x-env-domain', 'env.example')
            return next(req)
          },
        ],
      },
    )
    await client.listOrganization({})
    await client.listOrganization({})
    expect(seen).toEqual(['Bearer 1 env.example test', 'Bearer 2 env.example test'])
  })

  it('sends the headers of a call whether or not an interceptor looked at them', async () => {
    const seen: (string | undefined)[] = []
    const options = { authorize: async () => ({ authorization: 'Bearer known' }) }
    const handler: Parameters<typeof listen>[0] = (req, res) => {
      seen.push(`${req.headers.authorization} ${req.headers.traceparent}`)
      res.writeHead(200).end('{}')
    }
    const urls: string[] = []
    const looks: Interceptor = (next) => (request) => {
      const { header, url, service } = request
      urls.push(`${new URL(url).pathname} ${service.typeName} ${header.get('traceparent')}`)
      return next(request)
    }
    const plain = await organizationsAt(handler, options)
    const looked = await organizationsAt(handler, { ...options, interceptors: [looks] })
    for (const client of [plain, looked]) {
      await client.listOrganization({}, { headers: { traceparent: 'one' } })
      await client.listOrganization({})
    }
    const sent = ['Bearer known one', 'Bearer known undefined']
    expect(seen).toEqual([...sent, ...sent])
    const service = 'scalekit.v1.organizations.OrganizationService'
    expect(urls).toEqual(['one', 'null'].map((trace) => `/${service}/ListOrganization ${service} ${trace}`))
  })

  it('refuses a value that the path cannot hold, before any request', async () => {
    let requests = 0
    const client = await organizationsAt((_, res) => {
      requests++
      res.end('{}')
    })
    for (const value of ['', '.', '..']) {
      const error = await failure(client.getOrganization({ identities: { case: 'id', value } }))
      expect([error.code, errorInfo(error)?.errorCode]).toEqual([Code.InvalidArgument, 'INVALID_ARGUMENT'])
    }
    expect(requests).toBe(0)
  })

  it('reads an answer with fields and enum values that it does not know', async () => {
    const body = {
      connections: [{ id: 'conn_1', type: 'CARRIER_PIGEON', added_in_2031: { x: 1 } }],
      other: true,
    }
    const baseUrl = await serverOf((_, res) => res.writeHead(200).end(JSON.stringify(body)))
    const { ConnectionService } = connections
    const answered = await createClient(ConnectionService, createRestTransport({ baseUrl })).listConnections(
      {},
    )
    expect(answered.connections[0]).toMatchObject({ id: 'conn_1', type: connections.ConnectionType.INVALID })
  })

  it('reads an empty success where there is nothing to say, and nowhere else', async () => {
    const client = await answer(200, '')
    expect(await client.deleteOrganization(byId)).toMatchObject({})
    expect((await failure(client.listOrganization({}))).code).toBe(Code.Internal)
  })

  it('keeps retry-after with the error, and repeats nothing', async () => {
    let requests = 0
    const client = await organizationsAt((_, res) => {
      requests++
      res.writeHead(429, { 'retry-after': '7' }).end('{"code":8,"message":"Too many requests","details":[]}')
    })
    const error = await failure(client.listOrganization({}))
    expect([error.code, error.metadata.get('retry-after'), requests]).toEqual([
      Code.ResourceExhausted,
      '7',
      1,
    ])
  })

  it.each([
    [502, '<html>hunter2</html>', Code.Unavailable],
    [401, '<html>hunter2</html>', Code.Unauthenticated],
    [500, '"hunter2"', Code.Internal],
    [404, '', Code.NotFound],
    [302, 'hunter2', Code.Unknown],
    [200, '<html>hunter2</html>', Code.Internal],
    [200, '{"total_size": "hunter2"}', Code.Internal],
    [200, '{"organizations": [', Code.Internal],
  ])('repeats nothing of a body that is not the API’s: %i %s', async (status, body, code) => {
    const client = await answer(status, body, {
      location: 'http://127.0.0.1:1/',
      'content-type': 'text/html',
    })
    const error = await failure(client.listOrganization({}))
    expect(error.code).toBe(code)
    expect(error.message).not.toContain('hunter2')
  })

  it('survives error details that it cannot read', async () => {
    const details = [
      { '@type': 'type.googleapis.com/unknown.Thing' },
      7,
      { '@type': 5 },
      { '@type': 'x/scalekit.v1.errdetails.ErrorInfo', error_code: {} },
    ]
    const client = await answer(409, JSON.stringify({ code: 99, message: 'Taken', details }))
    const error = await failure(client.listOrganization({}))
    expect([error.code, error.rawMessage, errorInfo(error)]).toEqual([Code.AlreadyExists, 'Taken', undefined])
  })

  it('is typed when the server is not there, breaks off or says too much', async () => {
    const gone = createClient(OrganizationService, createRestTransport({ baseUrl: 'http://127.0.0.1:1' }))
    expect((await failure(gone.listOrganization({}))).code).toBe(Code.Unavailable)
    const breaks = await organizationsAt((_, res) => {
      res.writeHead(200, { 'content-length': '100' }).write('{"total')
      res.socket?.destroy()
    })
    expect((await failure(breaks.listOrganization({}))).code).toBe(Code.Unavailable)
    const talks = await organizationsAt((_, res) =>
      res.writeHead(200).end(`"${'x'.repeat(3 * 1024 * 1024)}"`),
    )
    expect((await failure(talks.listOrganization({}))).code).toBe(Code.Internal)
  })

  it('keeps the deadline and the signal of a call', async () => {
    const silent = await organizationsAt(() => {}, { timeoutMs: 50 })
    expect((await failure(silent.listOrganization({}))).code).toBe(Code.DeadlineExceeded)
    const controller = new AbortController()
    const waiting = await organizationsAt(() => controller.abort())
    expect((await failure(waiting.listOrganization({}, { signal: controller.signal }))).code).toBe(
      Code.Canceled,
    )
  })

  it('ends all requests under way, and no later one, with a signal that serves many calls', async () => {
    const controller = new AbortController()
    const unanswered: ServerResponse[] = []
    const client = await organizationsAt((req, res) => {
      if (req.url?.includes('page_size')) res.end('{}')
      else unanswered.push(res)
      if (unanswered.length === 3) controller.abort()
    })
    const options = { signal: controller.signal }
    for (let i = 0; i < 3; i++) await client.listOrganization({ pageSize: 1 }, options)
    const failures = await Promise.all(
      Array.from({ length: 3 }, () => failure(client.listOrganization({}, options))),
    )
    expect(failures.map(({ code }) => code)).toEqual([Code.Canceled, Code.Canceled, Code.Canceled])
    await vi.waitFor(() => expect(unanswered.every((res) => res.socket?.destroyed ?? true)).toBe(true))
    expect((await failure(client.listOrganization({ pageSize: 1 }, options))).code).toBe(Code.Canceled)
  })
})
