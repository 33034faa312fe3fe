import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { EdgeVM } from '@edge-runtime/vm'
import { createAdaptorServer } from '@hono/node-server'
import { callerOf, mcpAuth, requireScopes } from '@scalekit-mcp/auth/fetch'
import { build } from 'esbuild'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { adapterContract, type ContractApp, type StartAdapter } from './adapter-contract.js'
import { answerTo, createFetchApp } from './fetch-app.js'

adapterContract('the Fetch API', onFetch)
adapterContract('Hono', onHono)
adapterContract('the edge runtime, without a module of Node', onEdge)

test('nothing that the Fetch entry imports needs Node', async () => {
  const { metafile } = await bundleForEdge()
  const own = Object.keys(metafile.inputs).filter((path) => path.startsWith('packages/auth/dist/'))
  expect(own.length).toBeGreaterThan(30)
  const needing = own.filter((path) => /\bBuffer\b|\bprocess\.|from 'node:/.test(readFileSync(path, 'utf8')))
  expect(needing).toEqual([])
})

async function onFetch(options: Parameters<StartAdapter>[0]): Promise<ContractApp> {
  return served(options, createFetchApp)
}

function onHono(options: Parameters<StartAdapter>[0]): Promise<ContractApp> {
  return served(options, (given, faults) => {
    const auth = mcpAuth(given)
    const app = new Hono()
    const mcp = auth.protect((_, call) => Response.json(answerTo(call)))
    const report = auth.guard('report:read')((_, call) => Response.json(callerOf(call).subject))
    const exported = auth.guard()((_, call) => Response.json(requireScopes(call, 'report:read').subject))
    app.get('/report', (c) => report(c.req.raw))
    app.get('/export', (c) => exported(c.req.raw))
    app.get('/unguarded', (c) => c.json(callerOf({}).subject))
    app.all('*', (c) => mcp(c.req.raw))
    app.onError((error, c) => {
      faults.push(error)
      return c.json({ error: 'server_error' }, 500)
    })
    return { fetch: app.fetch, close: auth.close }
  })
}

/** The same app in a context that has the APIs of the web and nothing of Node. */
async function onEdge(options: Parameters<StartAdapter>[0]): Promise<ContractApp> {
  const { outputFiles } = await bundleForEdge()
  return served(options, (given, faults) => {
    const vm = new EdgeVM({
      extend: (context) => Object.assign(context, { note: (fault: string) => faults.push(fault) }),
      initialCode: `${outputFiles[0]?.text}
        const app = createFetchApp(${JSON.stringify(given)})
        const failed = (error) => (note(String(error)), Response.json({ error: 'server_error' }, { status: 500 }))
        addEventListener('fetch', (event) => event.respondWith((async () => app.fetch(event.request))().catch(failed)))`,
    })
    return {
      fetch: async ({ url, method, headers, body }) => {
        const sent = body ? new Uint8Array(await new Response(body).arrayBuffer()) : null
        return vm.dispatchFetch(url, { method, headers: [...headers], ...(sent && { body: sent }) })
      },
      close: () => undefined,
    }
  })
}

function bundleForEdge() {
  return build({
    entryPoints: [fileURLToPath(new URL('fetch-app.ts', import.meta.url))],
    bundle: true,
    metafile: true,
    write: false,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['edge-light', 'worker', 'import'],
    format: 'iife',
    globalName: 'edge',
    footer: { js: 'const { createFetchApp } = edge' },
  })
}

interface FetchApp {
  readonly fetch: (request: Request) => Response | Promise<Response>
  close(): void
}

/** On a free port, which the options have to know. What a handler throws is a 500, as on every runtime. */
async function served(
  options: Parameters<StartAdapter>[0],
  create: (options: Parameters<typeof mcpAuth>[0], faults: unknown[]) => FetchApp,
): Promise<ContractApp> {
  const faults: unknown[] = []
  let app: FetchApp | undefined
  const server = createAdaptorServer({
    fetch: async (request) => {
      try {
        return (await app?.fetch(request)) ?? new Response(null, { status: 503 })
      } catch (error) {
        faults.push(error)
        return Response.json({ error: 'server_error' }, { status: 500 })
      }
    },
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // The contract gives no callbacks, whose request would be another one.
  app = create(options(origin) as unknown as Parameters<typeof mcpAuth>[0], faults)
  return {
    origin,
    faults,
    async close() {
      app?.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
