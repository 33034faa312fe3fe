import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import {
  callerOf,
  errorHandler,
  type McpAuth,
  mcpAuth,
  type ProtectOptions,
  protect,
} from '@scalekit-mcp/auth'
import express, { type Express } from 'express'
import express4 from 'express4'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { mcpHandler, tools } from './mcp-server.js'
import { post, toolCall } from './protected-app.js'

/** Mistakes in an app: answered with 500, with a sentence for its log, and never with a challenge. */
describe('an app that is put together wrongly', () => {
  let authority: Authority
  const open: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    authority = await startAuthority()
  })
  afterEach(async () => {
    for (const close of open.splice(0)) await close()
  })
  afterAll(() => authority.close())

  interface Started {
    readonly origin: string
    readonly faults: unknown[]
    readonly token: string
    /** An `mcpAuth` for a path of the app. */
    readonly authFor: (path: string, options?: Partial<ProtectOptions>) => McpAuth
  }

  async function start(app: Express): Promise<Started> {
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const auths: McpAuth[] = []
    open.push(async () => {
      for (const auth of auths) auth.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    })
    return {
      origin,
      faults: [],
      token: mint(rsaKey, { iss: authority.issuer, aud: [`${origin}/mcp`, `${origin}/other`] }),
      authFor(path, options = {}) {
        const auth = mcpAuth({
          resource: `${origin}${path}`,
          issuers: [authority.issuer],
          scopes: [],
          ...options,
        })
        auths.push(auth)
        return auth
      },
    }
  }

  const last = (app: Express, auth: McpAuth, { faults }: Started) =>
    app.use(
      auth.notFound,
      auth.challenge,
      errorHandler((error) => faults.push(error)),
    )

  async function expectFault(response: Response, { faults }: Started, sentence: string): Promise<void> {
    expect(response.status).toBe(500)
    expect(response.headers.has('www-authenticate')).toBe(false)
    expect(await response.json()).toEqual({
      error: 'server_error',
      error_description: 'The request failed. Try again later.',
    })
    expect(faults.map(String)).toEqual([`Error: ${sentence}`])
  }

  test('a handler above the middleware has no caller', async () => {
    const app = express()
    const started = await start(app)
    const auth = started.authFor('/mcp')
    app.post('/mcp', (req, res) => void res.json(callerOf(req).subject))
    app.use(auth)
    last(app, auth, started)
    await expectFault(
      await post(`${started.origin}/mcp`, started.token),
      started,
      'No access token was verified for this call: put app.use(mcpAuth({ ... })), or a guard of it, above the route.',
    )
  })

  test('the middleware below a path would not recognize the resource', async () => {
    const app = express()
    const started = await start(app)
    const auth = started.authFor('/mcp')
    app.use('/mcp', auth)
    app.post('/mcp', (_req, res) => void res.json('reached'))
    last(app, auth, started)
    await expectFault(
      await post(`${started.origin}/mcp`, started.token),
      started,
      'mcpAuth is mounted at /mcp: mount it at the root of the app, app.use(mcpAuth({ ... })). It finds its path by itself.',
    )
  })

  test.each([
    ['Express 4', express4 as unknown as typeof express, '*'],
    ['Express 5', express, '/{*path}'],
  ])(
    'the middleware in front of the handler of another route lets no request through, in %s',
    async (_name, create, everything) => {
      const app = create()
      const started = await start(app)
      const auth = started.authFor('/mcp')
      app.all(everything, (_req, _res, next) => next(), auth)
      app.post('/report', auth, (_req, res) => void res.json('reached'))
      app.get('/health', (_req, res) => void res.json('healthy'))
      last(app, auth, started)
      await expectFault(
        await post(`${started.origin}/report`, undefined),
        started,
        'mcpAuth protects /mcp and not the route /report: put auth.guard() there instead.',
      )
      expect(await (await fetch(`${started.origin}/health`)).json()).toBe('healthy')
    },
  )

  test('an address that is no string is an error that names the option', async () => {
    const app = express()
    const started = await start(app)
    const auth = started.authFor('/mcp', { addressOf: (req) => req.headers['x-address'] as string })
    app.use(auth)
    last(app, auth, started)
    await expectFault(
      await post(`${started.origin}/mcp`, undefined),
      started,
      "addressOf must return a string, '' for an unknown address. It returned undefined.",
    )
  })

  test('a guard decides about no caller of another resource', async () => {
    const app = express()
    const started = await start(app)
    const [auth, other] = [started.authFor('/mcp'), started.authFor('/other')]
    app.use(auth, other)
    app.post('/mcp', other.guard(), (_req, res) => void res.json('reached'))
    last(app, auth, started)
    const { origin } = started
    const warning = once(process, 'warning')
    const sentence = `The token of this call was verified for ${origin}/mcp, and not for ${origin}/other: use the guard and the tools of the mcpAuth that protects the route.`
    await expectFault(await post(`${origin}/mcp`, started.token), started, sentence)
    expect(String(await warning)).toContain(sentence)
  })

  test.each(['v1', 'v2'] as const)(
    'a tool decides about no caller of another resource, on the SDK %s',
    async (sdk) => {
      const app = express()
      const started = await start(app)
      const warnings: string[] = []
      const onWarning = (message: string) => warnings.push(message)
      const [auth, other] = [started.authFor('/mcp'), started.authFor('/other', { tools, onWarning })]
      const calls: string[] = []
      app.use(auth)
      app.post(auth.path, mcpHandler(sdk, other, calls))
      const body = JSON.stringify({ ...toolCall(), params: { name: 'reset', arguments: {} } })
      const answer = await (await post(`${started.origin}/mcp`, started.token, { body })).text()
      expect(answer).toContain('isError')
      expect(warnings).toEqual([expect.stringContaining('and not for')])
      expect(calls).toEqual([])
    },
  )

  test('a body parser above the middleware leaves no body; without a log of refusals, it is in the warnings', async () => {
    const app = express()
    const started = await start(app)
    const warnings: unknown[] = []
    app.use(express.json())
    app.use(started.authFor('/mcp', { onWarning: (_message, cause) => warnings.push(cause) }))
    const response = await post(`${started.origin}/mcp`, started.token)
    expect(response.status).toBe(500)
    expect(response.headers.has('www-authenticate')).toBe(false)
    expect(warnings.map(String)).toEqual([
      'Error: A body parser read the body before mcpAuth: move app.use(mcpAuth({ ... })) above it, and the parser to the routes that need it. Or remove a second mcpAuth of the same resource.',
    ])
  })

  test('a tool that is not in the table is an error where it is registered, and a warning', async () => {
    const started = await start(express())
    const warnings: string[] = []
    const auth = started.authFor('/mcp', { tools, onWarning: (message) => warnings.push(message) })
    const sentence = 'The tool gone is missing in the option tools of mcpAuth: add gone with its scopes.'
    expect(() => auth.tool('gone', () => 1)).toThrow(new Error(sentence))
    expect(warnings).toEqual([sentence])
  })

  test('a tool without a handler is an error where it is registered', async () => {
    const started = await start(express())
    const auth = started.authFor('/mcp', { tools })
    const [name = ''] = Object.keys(tools)
    expect(() => auth.tool(name, undefined as never)).toThrow(
      new TypeError(`The handler of the tool ${name} must be a function: auth.tool('${name}', handler)`),
    )
  })

  test('protect without an app, and a guard of what is no scope, are TypeErrors', async () => {
    const started = await start(express())
    const options = { resource: 'https://mcp.example.com/mcp', scopes: [] }
    expect(() => protect(options as never, undefined as never)).toThrow(
      new TypeError('Give the Express app first: protect(app, { resource, scalekit, scopes, tools })'),
    )
    const auth = started.authFor('/mcp')
    expect(() => auth.guard('a b')).toThrow(
      new TypeError(
        "The scopes of a guard must be scope names without spaces, like guard('user:read', 'user:write'). It is [\"a b\"].",
      ),
    )
  })
})
