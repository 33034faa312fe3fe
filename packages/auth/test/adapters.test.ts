import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  callerIfAny,
  callerOf,
  createHttpServer,
  errorHandler,
  mcpAuth,
  type ProtectOptions,
  protect,
  requireScopes,
} from '@scalekit-mcp/auth'
import express, { type Express } from 'express'
import express4 from 'express4'
import { expect, test } from 'vitest'
import { adapterContract, type ContractApp, type StartAdapter } from './adapter-contract.js'

adapterContract('Express 5', onExpress(express))
// Its types differ, and its methods are the same.
adapterContract('Express 4', onExpress(express4 as unknown as typeof express))
adapterContract('a Node server', onNode)

test('the types of Express 4 and 5 accept the middleware', () => {
  const options = {
    resource: 'https://mcp.example.com/mcp',
    issuers: ['https://auth.example.com'],
    scopes: [],
  }
  for (const auth of [protect(express(), options), protect(express4(), options)]) {
    express().use(auth, auth.guard(), auth.notFound, auth.challenge, errorHandler())
    express4().use(auth, auth.guard(), auth.notFound, auth.challenge, errorHandler())
    expect(auth.path).toBe('/mcp')
    auth.close()
  }
})

function onExpress(create: () => Express): StartAdapter {
  return async (options) => {
    const app = create()
    return listening(createHttpServer(app), (origin, faults) => {
      const auth = mcpAuth(options(origin))
      app.use(auth)
      app.post(auth.path, (req, res) => void res.json(answerTo(req)))
      app.get('/report', auth.guard('report:read'), (req, res) => void res.json(callerOf(req).subject))
      app.get('/export', auth.guard(), (req, res) => void res.json(requireScopes(req, 'report:read').subject))
      app.get('/unguarded', (req, res) => void res.json(callerOf(req).subject))
      app.use(
        auth.notFound,
        auth.challenge,
        errorHandler((error) => faults.push(error)),
      )
      return auth.close
    })
  }
}

/** A router as every framework has one: path by path, errors to the end. */
async function onNode(options: (origin: string) => ProtectOptions): Promise<ContractApp> {
  let listener: RequestListener = () => undefined
  return listening(
    createHttpServer((req, res) => listener(req, res)),
    (origin, faults) => {
      const auth = mcpAuth(options(origin))
      const report = auth.guard('report:read')
      const anyone = auth.guard()
      const fail = errorHandler((error) => faults.push(error))
      const json = (res: ServerResponse, value: unknown) => {
        res.setHeader('content-type', 'application/json')
        res.end(JSON.stringify(value))
      }
      const caught = (req: IncomingMessage, res: ServerResponse, run: () => void) => () => {
        try {
          run()
        } catch (error) {
          auth.challenge(error, req, res, (other) => fail(other, req, res, () => undefined))
        }
      }
      const routes: Record<string, (req: IncomingMessage, res: ServerResponse) => void> = {
        [auth.path]: (req, res) => json(res, answerTo(req)),
        '/report': (req, res) => void report(req, res, () => json(res, callerOf(req).subject)),
        '/export': (req, res) =>
          void anyone(
            req,
            res,
            caught(req, res, () => json(res, requireScopes(req, 'report:read').subject)),
          ),
        '/unguarded': (req, res) => caught(req, res, () => json(res, callerOf(req).subject))(),
      }
      listener = (req, res) =>
        auth(req, res, () => {
          const route = routes[req.url ?? ''] ?? auth.notFound
          route(req, res)
        })
      return auth.close
    },
  )
}

function answerTo(req: IncomingMessage & { body?: { id?: unknown } }): object {
  return { jsonrpc: '2.0', id: req.body?.id, result: { subject: callerIfAny(req)?.subject ?? null } }
}

/** On a free port, which the options have to know. */
async function listening(
  server: Server,
  build: (origin: string, faults: unknown[]) => () => void,
): Promise<ContractApp> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const faults: unknown[] = []
  const stop = build(origin, faults)
  return {
    origin,
    faults,
    async close() {
      stop()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
